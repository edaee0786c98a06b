import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Operation, patched } from "./patch";

interface Vector {
  old: unknown;
  new: unknown;
  patch: Operation[];
}

/** Those that tests/server/live/test_patches.py takes from the server. */
const vectors = JSON.parse(
  readFileSync(new URL("./patch-vectors.json", import.meta.url), "utf8"),
) as Vector[];

describe("a patch", () => {
  it.each(vectors)("leads from $old to $new", ({ old, new: wanted, patch }) => {
    const before = JSON.stringify(old);
    expect(JSON.stringify(patched(old, patch))).toBe(JSON.stringify(wanted));
    expect(JSON.stringify(old)).toBe(before);
  });

  it("leaves what it does not change as the same object", () => {
    const old = { rows: [{ id: 1 }, { id: 2 }], other: {} };
    const result = patched(old, [{ op: "replace", path: "/rows/1/id", value: 3 }]) as typeof old;
    expect(result.other).toBe(old.other);
    expect(result.rows[0]).toBe(old.rows[0]);
  });

  it.each(["/gone", "/rows/2", "/rows/x", "/rows/0/below", "/rows/-"])("refuses the path %s", (path) => {
    expect(() => patched({ rows: [1, 2] }, [{ op: "remove", path }])).toThrow();
  });
});
