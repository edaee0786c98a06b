import { expect, it } from "vitest";
import { initialsOf, PERSON_TONES, toneOf, userIdIn } from "./person";

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

it.each([
  ["member-12", 12],
  ["member-7-a1b2", 7],
  ["guest-0f5cf94d-2c1c-4c3b-8f5e-3a5c8c6b7f10-1", undefined],
  ["alice", undefined],
])("whose account is %s", (identity, id) => {
  expect(userIdIn(identity)).toBe(id);
});
