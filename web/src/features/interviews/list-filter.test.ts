import { expect, it } from "vitest";
import { argsOf, hidingOf, listFilter, sectionsOf, wantedOf } from "./list-filter";

it("reads an address and leaves out what it does not know", () => {
  const search = { q: "dana", show: "failed", by: 7, kind: "coding", from: "2026-11-30", to: "2026-12-01" };
  expect(listFilter(search)).toEqual(search);
  expect(listFilter({ q: "", show: "all", by: "7", kind: "toString", from: "soon", to: 3 })).toEqual({});
});

it("asks the server for whole days", () => {
  const wanted = wantedOf({ q: " dana ", from: "2026-11-30", to: "2026-11-30" });
  expect(wanted.text).toBe("dana");
  expect(Date.parse(wanted.until ?? "") - Date.parse(wanted.since ?? "")).toBe(24 * 3600_000);
  expect(wantedOf({})).toEqual({});
});

it("splits what is planned at today, within the days that are wanted", () => {
  const [today, before, after] = [
    "2026-11-30T00:00:00.000Z",
    "2026-11-20T00:00:00.000Z",
    "2026-12-05T00:00:00.000Z",
  ];
  const [ahead, past] = sectionsOf("upcoming");
  if (!ahead || !past) throw new Error("two sections");
  expect(argsOf(ahead, { since: before }, today)).toEqual({ show: "upcoming", since: today });
  expect(argsOf(ahead, { since: after }, today)).toEqual({ show: "upcoming", since: after });
  expect(argsOf(ahead, { until: before }, today)).toBeNull();
  expect(argsOf(past, { since: before }, today)).toEqual({ show: "upcoming", since: before, until: today });
  expect(argsOf(past, { since: after }, today)).toBeNull();
  expect(sectionsOf("failed")).toEqual([{ show: "failed" }]);
});

it("says what hides interviews, and how to take it away", () => {
  const people = [{ id: 7, name: "Bob" }];
  const hiding = hidingOf({ q: "dana", by: 7, kind: "coding" }, people);
  expect(hiding.map(({ words }) => words)).toEqual(["“dana”", "Held by Bob", "Coding"]);
  expect(hiding[1]?.without).toEqual({ by: undefined });
  expect(hidingOf({}, people)).toEqual([]);
});
