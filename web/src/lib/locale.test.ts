import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { decimal, LANGUAGES, languageName, listOf, localeOf, writeLike } from "./locale";
import { clockTime, longDay, ownTimeStyle } from "./time";

const vectors: { moment: string; written: Record<string, [string, string]> } = JSON.parse(
  readFileSync(new URL("./written-days.json", import.meta.url), "utf8"),
);

afterEach(() => writeLike("en-GB", []));

it.each(LANGUAGES)("writes days and hours in %s as the server's mails do", (language) => {
  const moment = new Date(vectors.moment);
  writeLike(language, []);
  const style = { ...ownTimeStyle(), zone: "UTC" };
  expect([longDay(moment, style), clockTime(moment, style)]).toEqual(vectors.written[language]);
});

it("knows no fewer languages than the server", () => {
  expect(Object.keys(vectors.written).sort()).toEqual([...LANGUAGES].sort());
  expect(languageName("en-IE")).toBe("English (Ireland)");
});

describe("the browser", () => {
  it.each([
    [["en-AU", "de"], "en-AU"],
    [["en"], "en"],
    [["de-DE", "en-US"], "en-GB"],
    [["ko-KR"], "en-GB-u-hc-h12"],
    [["en-US@posix"], "en-GB"],
    [[], "en-GB"],
  ])("that prefers %j is answered in %s", (preferred, tag) => expect(localeOf(null, preferred)).toBe(tag));

  it("counts less than the account", () => expect(localeOf("en-IE", ["en-US"])).toBe("en-IE"));
});

it("writes lists and numbers as people of the place do", () => {
  writeLike("en-US", []);
  expect([listOf(["A", "B", "C"]), listOf(["A", "B"], "disjunction"), decimal(1.25, 1)]).toEqual([
    "A, B, and C",
    "A or B",
    "1.3",
  ]);
  writeLike("en-GB", []);
  expect(listOf(["A", "B", "C"])).toBe("A, B and C");
});
