import type { Scope } from "@/api/types";

/** The areas of the API that a key can be for, as they are called on the pages. */
export const areas = [
  { id: "interviews", label: "Interviews", says: "plan and change them, files and observers" },
  { id: "candidates", label: "Candidates", says: "people and all their rounds" },
  { id: "kits", label: "Kits", says: "questions and skills" },
  { id: "evaluations", label: "Evaluations", says: "notes, scorecards and decisions" },
  { id: "recordings", label: "Recordings", says: "watch, download, start and stop" },
  { id: "organisation", label: "Organisation", says: "members, invitations, audit log" },
] as const;

export type Reach = "none" | "read" | "write";

/** "interviews:write" as "Interviews: read and write". */
export function scopeWords(scope: Scope): string {
  const [area, reach] = scope.split(":");
  const label = areas.find(({ id }) => id === area)?.label ?? area;
  return `${label}: ${reach === "read" ? "read" : "read and write"}`;
}

export function scopesOf(reaches: Record<string, Reach>): Scope[] {
  return areas.flatMap(({ id }) => {
    const reach = reaches[id] ?? "none";
    return reach === "none" ? [] : [`${id}:${reach}` as Scope];
  });
}
