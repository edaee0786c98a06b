import { expect, it } from "vitest";
import type { Interview } from "@/api/types";
import { browserZone } from "@/lib/time";
import { bodyOf, draftOf, emptyDraft, startOfDraft, whenOf } from "./draft";

const now = new Date(2026, 10, 24, 21, 37);

it("starts with a time somebody may really mean", () => {
  expect(emptyDraft(now, 7)).toMatchObject({ isNow: false, day: "2026-11-24", time: "22:00", minutes: 60 });
});

it("leaves out what is blank and trims the rest", () => {
  const draft = {
    ...emptyDraft(now, 7),
    title: "  Pairing ",
    candidateName: " ",
    candidateEmail: " a@b.example ",
  };
  expect(bodyOf(draft)).toEqual({
    title: "Pairing",
    scheduled_for: new Date(2026, 10, 24, 22, 0).toISOString(),
    duration_minutes: 60,
    kind: "coding",
    description: "",
    time_zone: browserZone(),
    kit_id: null,
    is_recording_planned: true,
    admits_automatically: false,
    interviewer_ids: [7],
    candidate_name: null,
    candidate_time_zone: null,
    candidate_email: "a@b.example",
  });
  expect(bodyOf({ ...draft, isNow: true }).scheduled_for).toBeNull();
  expect(startOfDraft({ ...draft, time: "" })).toBeNull();
});

it("comes back from an interview unchanged", () => {
  const interview = {
    title: "Pairing",
    scheduled_for: new Date(2026, 11, 1, 9, 30).toISOString(),
    created_at: now.toISOString(),
    duration_minutes: 45,
    kind: "pairing",
    description: "",
    interviewers: [{ id: 7, name: "Alice" }],
    candidate: { name: "Dana", email: null, time_zone: null },
  } as Interview;
  expect(draftOf(interview)).toMatchObject({ ...whenOf(new Date(2026, 11, 1, 9, 30)), candidateEmail: "" });
  expect(bodyOf(draftOf(interview)).scheduled_for).toBe(interview.scheduled_for);
  expect(draftOf({ ...interview, scheduled_for: null }).isNow).toBe(true);
});
