import type { InterviewKind } from "@/api/types";

/** The kinds of interviews in words. */
export const KINDS: Record<InterviewKind, string> = {
  conversation: "First conversation",
  coding: "Coding",
  pairing: "Pair programming",
  system_design: "System design",
  debugging: "Debugging",
  behavioural: "Working together",
  other: "Other",
};
