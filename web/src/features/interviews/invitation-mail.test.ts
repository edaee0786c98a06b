import { expect, it } from "vitest";
import type { Interview } from "@/api/types";
import { invitationMail } from "./invitation-mail";

const interview = {
  title: "Back end & data",
  scheduled_for: "2026-11-25T13:00:00Z",
  duration_minutes: 45,
  candidate: { name: "Dana", email: "dana+jobs@example.org", link_url: "https://talk.example/join/abc" },
} as Interview;

it("writes who, what, when and the link, safely encoded", () => {
  const url = new URL(invitationMail(interview, { zone: "Europe/Berlin", locale: "en-GB" }));
  expect(decodeURIComponent(url.pathname)).toBe("dana+jobs@example.org");
  expect(url.searchParams.get("subject")).toBe("Back end & data");
  expect(url.searchParams.get("body")).toContain("Hello Dana,\r\n");
  expect(url.searchParams.get("body")).toContain("https://talk.example/join/abc");
  expect(url.searchParams.get("body")).toContain("Wednesday 25 November 2026, 14:00 – 14:45 CET");
});

it("leaves out what is not known", () => {
  const bare = {
    ...interview,
    scheduled_for: null,
    candidate: { ...interview.candidate, name: null, email: null },
  };
  const url = new URL(invitationMail(bare, {}));
  expect(url.pathname).toBe("");
  expect(url.searchParams.get("body")).toMatch(/^Hello,\r\n/);
  expect(url.searchParams.get("body")).not.toContain("2026");
});
