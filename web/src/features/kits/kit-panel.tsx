import { useLive } from "@/api/live";
import { ProblemNotice } from "@/components/problem-notice";
import { KitProblems } from "./kit-content";

interface KitPanelProps {
  interviewId: string;
  /** In the room it can be folded away, and scrolls by itself. */
  isInCall?: boolean;
}

/** The problems of an interview, for those who hold it; nothing when it has none. */
export function KitPanel({ interviewId, isInCall = false }: KitPanelProps) {
  const kit = useLive("interviews.kit", { interview_id: interviewId });
  if (kit.problem) return <ProblemNotice problem={kit.problem} />;
  if (!kit.data || kit.data.problems.length === 0) return null;
  if (isInCall) {
    return (
      <details open className="mb-3 max-h-3/5 shrink-0 overflow-y-auto border-b pb-3">
        <summary className="mb-2 cursor-pointer font-medium text-sm">Problems</summary>
        <KitProblems problems={kit.data.problems} />
      </details>
    );
  }
  return (
    <section aria-label="Problems" className="grid gap-3">
      <h2 className="font-semibold">Problems</h2>
      <KitProblems problems={kit.data.problems} />
    </section>
  );
}
