import { expect, test } from "vitest";
import type { Problem } from "./client";
import { added, type Edit, isPassing, nextOf, parsed, refused, without } from "./outbox-core";

const edit = (id: string, more: Partial<Edit> = {}): Edit => ({
  id,
  account: "1 a",
  method: "POST",
  path: "/api/notes",
  body: { text: id },
  at: "2026-01-01T00:00:00Z",
  ...more,
});
const problem = (status: number, type = "x"): Problem => ({ status, type, title: "", detail: "", extra: {} });

test("edits are sent in their order, each account its own", () => {
  const edits = [edit("1", { account: "2 b" }), edit("2"), edit("3")].reduce(added, []);
  expect(nextOf(edits, "1 a")?.id).toBe("2");
  expect(nextOf(without(edits, "2"), "1 a")?.id).toBe("3");
  expect(nextOf(edits, "9 z")).toBeUndefined();
});

test("a newer version of a form takes the older one's place", () => {
  const edits = [edit("1", { slot: "card" }), edit("2"), edit("3", { slot: "card" })].reduce(added, []);
  expect(edits.map(({ id }) => id)).toEqual(["2", "3"]);
  const others = added(edits, edit("4", { slot: "card", account: "2 b" }));
  expect(others.map(({ id }) => id)).toEqual(["2", "3", "4"]);
});

test("what was refused waits for its author and holds nobody up", () => {
  const edits = refused([edit("1"), edit("2")], "1", problem(409));
  expect(nextOf(edits, "1 a")?.id).toBe("2");
  expect(edits[0]?.refusal?.status).toBe(409);
});

test("a lost line and a busy server pass; a refusal is an answer", () => {
  expect([0, 500, 503, 429].map((status) => isPassing(problem(status)))).toEqual([true, true, true, true]);
  expect([401, 403, 404, 409, 422].some((status) => isPassing(problem(status)))).toBe(false);
});

test("what storage holds beside edits is left out", () => {
  expect(parsed(null)).toEqual([]);
  expect(parsed("{")).toEqual([]);
  expect(parsed('[null, 1, {"id": 2}]')).toEqual([]);
  expect(parsed(JSON.stringify([edit("1")]))).toEqual([edit("1")]);
});
