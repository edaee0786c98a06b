import { expect, it } from "vitest";
import { safeNext } from "./safe-next";

it.each([
  ["/interviews?state=live#top", "/interviews?state=live#top"],
  ["//evil.example/x", undefined],
  ["/\\evil.example", undefined],
  ["/\t/evil.example", undefined],
  ["https://evil.example", undefined],
  ["javascript:alert(1)", undefined],
  [7, undefined],
  [undefined, undefined],
])("%j becomes %j", (value, next) => {
  expect(safeNext(value)).toBe(next);
});
