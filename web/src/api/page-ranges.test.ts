import { expect, test } from "vitest";
import { ends, ranges } from "./page-ranges";

test("each page but the last is a range", () => {
  expect(ranges([])).toEqual([{}]);
  expect(ranges(["a", "b"])).toEqual([{ upto: "a" }, { after: "a", upto: "b" }, { after: "b" }]);
});

test("a page that ended early is followed by one with the rest", () => {
  expect(ends(["a", "b"], ["a", "b", null])).toBeNull();
  expect(ends(["a", "b"], ["x", undefined, null])).toEqual(["x", "a", "b"]);
  expect(ranges(["x", "a"])[1]).toEqual({ after: "x", upto: "a" });
});
