import { useDeferredValue, useState } from "react";
import { type Candidate, type CandidateSummary, useMergeCandidates } from "@/api/candidates";
import { problemOf } from "@/api/client";
import { useLive } from "@/api/live";
import { PersonAvatar } from "@/components/person-avatar";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { toast } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { cn } from "@/lib/cn";

interface MergeDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  candidate: Candidate;
}

/** For one person who is there twice: with another address, or once without any. */
export function MergeDialog({ open, onOpenChange, candidate }: MergeDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Merge with {candidate.name ?? candidate.email}</DialogTitle>
          <DialogDescription>
            For one person who is here twice. The other's interviews, files and links move here. This cannot
            be undone.
          </DialogDescription>
        </DialogHeader>
        <MergeForm candidate={candidate} close={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function MergeForm({ candidate, close }: { candidate: Candidate; close: () => void }) {
  const [search, setSearch] = useState(candidate.name?.split(" ")[0] ?? "");
  const [other, setOther] = useState<CandidateSummary | null>(null);
  const found = useLive("candidates.list", { text: useDeferredValue(search.trim()) });
  const merge = useMergeCandidates(candidate.id);
  const others = (found.data?.items ?? []).filter(({ id }) => id !== candidate.id).slice(0, 6);
  const run = async () => {
    if (other === null) return;
    await merge.mutateAsync(other.id).then(
      () => {
        close();
        toast("Merged into one candidate");
      },
      // The dialog shows what the mutation failed of.
      () => {},
    );
  };
  return (
    <div className="grid gap-4">
      {merge.error && <ProblemNotice problem={problemOf(merge.error)} />}
      <SearchInput value={search} onChange={setSearch} label="Find the other by name or e-mail" />
      <ul className="grid min-h-24 content-start gap-1" aria-label="Found candidates">
        {others.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              aria-pressed={other?.id === each.id}
              onClick={() => setOther(each)}
              className={cn(
                "flex w-full items-center gap-3 rounded-lg border p-2 text-left transition-colors hover:bg-muted",
                other?.id === each.id ? "border-primary" : "border-transparent",
              )}
            >
              <PersonAvatar name={each.name} className="size-8" />
              <span className="min-w-0 flex-1">
                <bdi className="block truncate font-medium">{each.name ?? each.email}</bdi>
                <span className="block truncate text-[13px] text-muted-foreground">
                  {each.email ?? "No e-mail address"}
                  {each.newest_title && ` · ${each.newest_title}`}
                </span>
              </span>
            </button>
          </li>
        ))}
        {found.data && others.length === 0 && <li className="text-muted-foreground">Nobody else matches.</li>}
      </ul>
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button variant="destructive" onClick={() => void run()} disabled={!other || merge.isPending}>
          Merge
        </Button>
      </DialogFooter>
    </div>
  );
}
