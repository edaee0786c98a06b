import { useLive } from "@/api/live";
import { ProblemNotice } from "@/components/problem-notice";
import { KitProblems, KitSkills } from "./kit-content";

interface KitPanelProps {
  interviewId: string;
  /** In the room it can be folded away, and scrolls by itself. */
  isInCall?: boolean;
}

/** The problems of an interview, and in the room its scorecard, for those who hold it; nothing without a kit. */
export function KitPanel({ interviewId, isInCall = false }: KitPanelProps) {
  const kit = useLive("interviews.kit", { interview_id: interviewId });
  if (kit.problem) return <ProblemNotice problem={kit.problem} />;
  if (!kit.data) return null;
  if (isInCall) {
    return (
      <div className="mb-3 grid max-h-3/5 shrink-0 gap-2 overflow-y-auto border-b pb-3">
        {kit.data.problems.length > 0 && (
          <details open>
            <summary className="mb-2 cursor-pointer font-medium text-sm">Problems</summary>
            <KitProblems problems={kit.data.problems} />
          </details>
        )}
        <details>
          <summary className="mb-2 cursor-pointer font-medium text-sm">What is rated</summary>
          <KitSkills skills={kit.data.skills} isNarrow />
        </details>
      </div>
    );
  }
  if (kit.data.problems.length === 0) return null;
  return (
    <section aria-label="Problems" className="grid gap-3">
      <h2 className="font-semibold">Problems</h2>
      <KitProblems problems={kit.data.problems} />
    </section>
  );
}
