import { expect, test } from "vitest";
import { strengthOf } from "./password-strength";

test("what many people choose is weak, and it is said why", async () => {
  const { score, advice } = await strengthOf("password12");
  expect(score).toBeLessThan(2);
  expect(advice).toContain("commonly used");
});

test("a few words in a row are strong, and need no advice", async () => {
  expect(await strengthOf("correct horse battery staple")).toEqual({ score: 4, advice: "" });
});
