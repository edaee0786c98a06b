import { expect, test } from "vitest";
import { emptyKit, emptyProblem, kitBodyOf, skillDraft, whatIsMissing } from "./kit-draft";

const care = skillDraft({ key: "care", name: " Care ", anchors: ["a", "b", "c", "d"] });

test("what was never begun is left out, and nothing is sent of how the page tells its parts apart", () => {
  const draft = { ...emptyKit(), name: " Coding ", skills: [care] };
  expect(kitBodyOf(draft)).toEqual({
    name: "Coding",
    description: "",
    problems: [],
    skills: [{ name: "Care", anchors: ["a", "b", "c", "d"] }],
  });
});

test("says what is missing, one thing at a time", () => {
  const draft = emptyKit();
  expect(whatIsMissing(draft)).toMatch(/name/);
  const named = { ...draft, name: "Coding" };
  expect(whatIsMissing(named)).toMatch(/skill/);
  expect(whatIsMissing({ ...named, skills: [skillDraft()] })).toMatch(/levels/);
  const untitled = { ...emptyProblem(), statement: "Build one." };
  expect(whatIsMissing({ ...named, skills: [care], problems: [untitled] })).toMatch(/title/);
  expect(whatIsMissing({ ...named, skills: [care] })).toBeNull();
});
