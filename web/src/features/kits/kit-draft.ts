/** A kit as it is being written, and what the server wants to hear of it. Pure. */
import type { KitIn, KitProblem, KitVersion, Skill } from "@/api/kits";

/** What can be added, taken away and moved needs something to be known by. */
export type Keyed<T> = T & { id: number };

export interface KitDraft {
  name: string;
  description: string;
  problems: Keyed<KitProblem>[];
  skills: Keyed<{ name: string; anchors: string[] }>[];
}

let nextId = 1;

export function keyed<T>(value: T): Keyed<T> {
  return { ...value, id: nextId++ };
}

export function emptyProblem(): Keyed<KitProblem> {
  return keyed({ title: "", statement: "", guidance: "", minutes: null });
}

export function skillDraft(skill?: Skill): KitDraft["skills"][number] {
  return keyed({ name: skill?.name ?? "", anchors: skill ? [...skill.anchors] : ["", "", "", ""] });
}

export function emptyKit(): KitDraft {
  return { name: "", description: "", problems: [emptyProblem()], skills: [] };
}

export function kitDraftOf(version: KitVersion): KitDraft {
  return {
    name: version.name,
    description: version.description,
    problems: version.problems.map(keyed),
    skills: version.skills.map(skillDraft),
  };
}

/** Problems that were never begun are left out. */
export function kitBodyOf(draft: KitDraft): KitIn {
  const begun = draft.problems.filter(({ title, statement, guidance }) => title || statement || guidance);
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    problems: begun.map(({ id: _, ...problem }) => problem),
    skills: draft.skills.map(({ name, anchors }) => ({ name: name.trim(), anchors })),
  };
}

/** Why it cannot be kept yet, in words; nothing when it can. */
export function whatIsMissing(draft: KitDraft): string | null {
  const body = kitBodyOf(draft);
  if (body.name === "") return "Give the kit a name.";
  if (body.problems?.some(({ title }) => title.trim() === "")) return "Give each problem a title.";
  if (body.skills.length === 0) return "Choose at least one skill to score.";
  if (body.skills.some(({ name, anchors }) => !name || anchors.some((anchor) => !anchor.trim()))) {
    return "Give each skill a name, and say what its four levels mean.";
  }
  return null;
}
