import { EyeIcon, XIcon } from "lucide-react";
import { useAddObserver, useRemoveObserver } from "@/api/interviews";
import type { Interview, Observer } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { PersonAvatar } from "@/components/person-avatar";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { AddObserver } from "./add-observer";

/** Who watches: neither seen nor heard in the room, and told nothing of what is thought of the candidate. */
export function Observers({ interview }: { interview: Interview }) {
  const { observers } = interview;
  const canChange = interview.allowed.includes("edit");
  if (observers.length === 0 && !canChange) return null;
  return (
    <section aria-label="Observers">
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 className="font-semibold">Observers</h2>
        {canChange && <AddObserver interview={interview} />}
      </div>
      {observers.length === 0 ? (
        <p className="text-muted-foreground">
          Nobody watches. An observer sees and hears the call, without being seen or heard.
        </p>
      ) : (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {observers.map((observer) => (
            <ObserverRow key={observer.id} interview={interview} observer={observer} canChange={canChange} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface ObserverRowProps {
  interview: Interview;
  observer: Observer;
  canChange: boolean;
}

function ObserverRow({ interview, observer, canChange }: ObserverRowProps) {
  const remove = useRemoveObserver(interview.id);
  const add = useAddObserver(interview.id);
  const { name, email, user_id } = observer;
  const run = () =>
    remove.mutateAsync(observer.id).then(
      () =>
        toast(`${name} is no longer an observer`, {
          action: {
            label: "Undo",
            run: () =>
              add.mutate(user_id === null ? { name, email } : { user_id }, { onError: toastProblem }),
          },
        }),
      toastProblem,
    );
  return (
    <li className="flex items-center gap-3 px-4 py-2.5">
      <PersonAvatar name={name} userId={user_id} className="size-9" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">
          <bdi>{name}</bdi>
        </p>
        <p className="flex items-center gap-1.5 truncate text-[13px] text-muted-foreground">
          <EyeIcon className="size-3.5 shrink-0" aria-hidden="true" />
          {user_id === null ? (email ?? "Guest, by personal link") : "Colleague"}
        </p>
      </div>
      {canChange && observer.link_url && (
        <CopyButton text={observer.link_url} label="Copy link" variant="outline" size="sm" />
      )}
      {canChange && (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Remove ${name}`}
          disabled={remove.isPending}
          onClick={() => void run()}
          className="text-muted-foreground"
        >
          <XIcon />
        </Button>
      )}
    </li>
  );
}
