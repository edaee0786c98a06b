/** Applies a JSON Patch (RFC 6902) as the server sends it: `add`, `remove` and `replace`. What is not changed is the same object as before. */

export type Operation =
  | { op: "add" | "replace"; path: string; value: unknown }
  | { op: "remove"; path: string };

/** Throws for a path that is not there, when the patch belongs to another value. */
export function patched(value: unknown, operations: Operation[]): unknown {
  return operations.reduce((result, operation) => change(result, steps(operation.path), operation), value);
}

function steps(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function change(value: unknown, path: string[], operation: Operation): unknown {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (operation.op === "remove") throw new Error("A patch takes everything away.");
    return operation.value;
  }
  if (Array.isArray(value)) return changeList(value, step, rest, operation);
  if (typeof value === "object" && value !== null) return changeObject(value, step, rest, operation);
  throw new Error(`There is nothing below ${step}.`);
}

function changeList(list: unknown[], step: string, rest: string[], operation: Operation): unknown[] {
  const place = Number(step);
  const isNew = rest.length === 0 && operation.op === "add";
  if (!/^\d+$/.test(step) || place > list.length - (isNew ? 0 : 1))
    throw new Error(`There is no place ${step}.`);
  const copy = [...list];
  if (rest.length > 0) copy[place] = change(list[place], rest, operation);
  else if (operation.op === "remove") copy.splice(place, 1);
  else copy.splice(place, isNew ? 0 : 1, operation.value);
  return copy;
}

function changeObject(object: object, step: string, rest: string[], operation: Operation): object {
  const isNew = rest.length === 0 && operation.op === "add";
  if (!isNew && !Object.hasOwn(object, step)) throw new Error(`There is no ${step}.`);
  const entries = new Map<string, unknown>(Object.entries(object));
  if (rest.length > 0) entries.set(step, change(entries.get(step), rest, operation));
  else if (operation.op === "remove") entries.delete(step);
  else entries.set(step, operation.value);
  return Object.fromEntries(entries);
}
