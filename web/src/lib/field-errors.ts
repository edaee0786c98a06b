import type { Problem } from "@/api/client";

/** The problem's messages by field, where the server names fields: `errors: [{loc: [..., "email"], msg}]`. */
export function fieldErrors(problem: Problem | null): Record<string, string> {
  const errors = problem?.extra.errors;
  if (!Array.isArray(errors)) return {};
  const found: Record<string, string> = {};
  for (const each of errors as { loc?: unknown; field?: unknown; msg?: unknown; message?: unknown }[]) {
    const name = Array.isArray(each.loc) ? each.loc.at(-1) : each.field;
    const message = each.msg ?? each.message;
    if (typeof name === "string" && typeof message === "string") {
      found[name] ??= message.replace(/^Value error, /, "");
    }
  }
  return found;
}
