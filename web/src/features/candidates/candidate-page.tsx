import { Link } from "@tanstack/react-router";
import { CalendarPlusIcon, LinkIcon, MailIcon, PencilIcon, UserRoundXIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Candidate } from "@/api/candidates";
import { useLive } from "@/api/live";
import { AttachmentRow } from "@/components/attachment-row";
import { BackLink } from "@/components/back-link";
import { EmptyState } from "@/components/empty-state";
import { PersonAvatar } from "@/components/person-avatar";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { CandidateDialog } from "./candidate-dialog";
import { CandidateRounds } from "./candidate-rounds";
import { MergeDialog } from "./merge-dialog";

interface CandidatePageProps {
  candidateId: string;
  /** What the team thinks, for those who may read it. */
  evaluations: ReactNode;
}

/** One person through all their rounds. */
export function CandidatePage({ candidateId, evaluations }: CandidatePageProps) {
  const candidate = useLive("candidates.get", { candidate_id: candidateId });
  useTitle(candidate.data ? nameOf(candidate.data) : "Candidate");
  if (candidate.problem) {
    if ([404, 422].includes(candidate.problem.status)) return <UnknownCandidate />;
    return <ProblemNotice problem={candidate.problem} />;
  }
  if (!candidate.data) return <Skeleton className="h-96 rounded-xl" />;
  return <Loaded candidate={candidate.data} evaluations={evaluations} />;
}

function nameOf(candidate: Candidate): string {
  return candidate.name ?? candidate.email ?? "Not named yet";
}

function Loaded({ candidate, evaluations }: { candidate: Candidate; evaluations: ReactNode }) {
  const [dialog, setDialog] = useState<"edit" | "merge" | null>(null);
  const close = (open: boolean) => !open && setDialog(null);
  return (
    <>
      <BackLink to="/candidates">Candidates</BackLink>
      <header className="mt-3 mb-8 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="flex min-w-0 flex-[1_1_20rem] items-center gap-4">
          <PersonAvatar name={candidate.name} className="size-14 text-lg" />
          <div className="min-w-0">
            <h1 className="break-words font-semibold text-2xl leading-8 tracking-tight">
              <bdi>{nameOf(candidate)}</bdi>
            </h1>
            <Contacts candidate={candidate} />
          </div>
        </div>
        <div className="flex flex-wrap gap-2 max-sm:w-full">
          <Button variant="outline" onClick={() => setDialog("merge")} className="max-sm:flex-1">
            Merge
          </Button>
          <Button variant="outline" onClick={() => setDialog("edit")} className="max-sm:flex-1">
            <PencilIcon />
            Edit
          </Button>
          <Button asChild className="max-sm:flex-1">
            <Link to="/interviews/new" search={{ candidate: candidate.id }}>
              <CalendarPlusIcon />
              New interview
            </Link>
          </Button>
        </div>
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <CandidateRounds candidateId={candidate.id} />
        {evaluations}
        <CandidateFiles candidateId={candidate.id} />
      </div>
      <CandidateDialog open={dialog === "edit"} onOpenChange={close} candidate={candidate} />
      <MergeDialog open={dialog === "merge"} onOpenChange={close} candidate={candidate} />
    </>
  );
}

function Contacts({ candidate }: { candidate: Candidate }) {
  const link =
    "inline-flex min-w-0 max-w-full items-center gap-1.5 rounded-md text-muted-foreground underline-offset-4 hover:text-foreground hover:underline [&_svg]:size-3.5 [&_svg]:shrink-0";
  return (
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
      {candidate.email && candidate.name && (
        <li className="min-w-0">
          <a href={`mailto:${candidate.email}`} className={link}>
            <MailIcon aria-hidden="true" />
            <span className="truncate">{candidate.email}</span>
          </a>
        </li>
      )}
      {candidate.links.map(({ name, url }) => (
        <li key={url} className="min-w-0">
          <a href={url} target="_blank" rel="noreferrer noopener" className={link}>
            <LinkIcon aria-hidden="true" />
            <bdi className="truncate">{name}</bdi>
          </a>
        </li>
      ))}
    </ul>
  );
}

function CandidateFiles({ candidateId }: { candidateId: string }) {
  const files = useLive("candidates.files", { candidate_id: candidateId });
  if (files.problem) return <ProblemNotice problem={files.problem} />;
  if (!files.data || files.data.length === 0) return null;
  return (
    <section>
      <h2 className="mb-3 font-semibold">Résumé and what they sent</h2>
      <ul className="divide-y overflow-hidden rounded-xl border bg-card">
        {files.data.map(({ file }) => (
          <AttachmentRow key={file.id} attachment={file} />
        ))}
      </ul>
    </section>
  );
}

function UnknownCandidate() {
  return (
    <EmptyState
      icon={UserRoundXIcon}
      title="There is no such candidate"
      className="mt-16 border-none"
      heading="h1"
      action={
        <Button asChild variant="outline">
          <Link to="/candidates">All candidates</Link>
        </Button>
      }
    >
      They may have been merged with another, or belong to another organisation.
    </EmptyState>
  );
}
