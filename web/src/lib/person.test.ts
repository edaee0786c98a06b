import { expect, it } from "vitest";
import { initialsOf, PERSON_TONES, toneOf } from "./person";

it.each([
  ["Alice Becker", "AB"],
  ["Maria del Carmen Fernández", "MF"],
  ["dana", "D"],
  ["  ", "?"],
  ["(guest) 7", "G7"],
  ["ليلى حداد", "لح"],
  ["李 雷", "李雷"],
  ["é́mile zola", "É́Z"],
])("the initials of %j are %j", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

it("gives everyone a tone that stays", () => {
  expect(toneOf("Alice Becker")).toBe(toneOf("Alice Becker"));
  const tones = new Set(["Ana", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo"].map(toneOf));
  expect(tones.size).toBeGreaterThan(3);
  expect(Math.max(...tones)).toBeLessThan(PERSON_TONES);
});
