import { Link } from "@tanstack/react-router";
import { ArchiveIcon, ArchiveRestoreIcon, ClipboardXIcon, CopyIcon, PencilIcon } from "lucide-react";
import { type Kit, type KitVersion, useArchiveKit, useDuplicateKit } from "@/api/kits";
import { useLive } from "@/api/live";
import { BackLink } from "@/components/back-link";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { cn } from "@/lib/cn";
import { dayAndTime, ownTimeStyle } from "@/lib/time";
import { KitContent } from "./kit-content";

interface KitPageProps {
  kitId: string;
  /** The version to read; the newest when it is not said. */
  number: number | undefined;
  onDuplicated: (kit: Kit) => void;
}

/** One kit as it is, and as it was. */
export function KitPage({ kitId, number, onDuplicated }: KitPageProps) {
  const kit = useLive("kits.get", { kit_id: kitId });
  useTitle(kit.data?.versions[0]?.name ?? "Kit");
  if (kit.problem) {
    if (![404, 422].includes(kit.problem.status)) return <ProblemNotice problem={kit.problem} />;
    return <UnknownKit />;
  }
  const newest = kit.data?.versions[0];
  if (!kit.data || !newest) return <Skeleton className="h-96 rounded-xl" />;
  const shown = kit.data.versions.find((version) => version.number === number) ?? newest;
  return <Loaded kit={kit.data} newest={newest} shown={shown} onDuplicated={onDuplicated} />;
}

interface LoadedProps {
  kit: Kit;
  newest: KitVersion;
  shown: KitVersion;
  onDuplicated: (kit: Kit) => void;
}

function Loaded({ kit, newest, shown, onDuplicated }: LoadedProps) {
  const duplicate = useDuplicateKit(kit.id);
  const isOld = shown !== newest;
  return (
    <>
      <BackLink to="/kits">Kits</BackLink>
      <header className="mt-3 mb-8 flex flex-wrap items-start justify-between gap-4">
        <div className="flex min-w-0 flex-wrap items-center gap-3">
          <h1 className="min-w-0 break-words font-semibold text-2xl leading-8 tracking-tight">
            {shown.name}
          </h1>
          {isOld && <Badge variant="warning">Version {shown.number}, not the newest</Badge>}
          {kit.is_archived && <Badge variant="secondary">Archived</Badge>}
        </div>
        <div className="flex flex-wrap gap-2">
          <ArchiveButton kit={kit} />
          <Button
            variant="outline"
            disabled={duplicate.isPending}
            onClick={() => duplicate.mutateAsync().then(onDuplicated, toastProblem)}
          >
            <CopyIcon />
            Duplicate
          </Button>
          <Button asChild>
            <Link
              to="/kits/$id/edit"
              params={{ id: kit.id }}
              search={{ from: isOld ? shown.number : undefined }}
            >
              <PencilIcon />
              {isOld ? "Edit from this version" : "Edit"}
            </Link>
          </Button>
        </div>
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-[minmax(0,1fr)_15rem]">
        <KitContent version={shown} />
        <Versions kit={kit} shown={shown} />
      </div>
    </>
  );
}

function ArchiveButton({ kit }: { kit: Kit }) {
  const archive = useArchiveKit(kit.id);
  const run = (isArchived: boolean) =>
    archive.mutateAsync(isArchived).then(
      () =>
        toast(isArchived ? "Archived" : "Restored", {
          action: {
            label: "Undo",
            run: () => archive.mutate(!isArchived, { onError: toastProblem }),
          },
        }),
      toastProblem,
    );
  return (
    <Button variant="outline" disabled={archive.isPending} onClick={() => void run(!kit.is_archived)}>
      {kit.is_archived ? <ArchiveRestoreIcon /> : <ArchiveIcon />}
      {kit.is_archived ? "Restore" : "Archive"}
    </Button>
  );
}

function Versions({ kit, shown }: { kit: Kit; shown: KitVersion }) {
  const now = useNow();
  const style = ownTimeStyle();
  return (
    <nav aria-label="Versions">
      <h2 className="mb-3 font-semibold">Versions</h2>
      <ol className="grid gap-1">
        {kit.versions.map(({ number, at, by }, index) => (
          <li key={number}>
            <Link
              to="/kits/$id"
              params={{ id: kit.id }}
              search={{ version: index === 0 ? undefined : number }}
              aria-current={number === shown.number ? "true" : undefined}
              className={cn(
                "block rounded-lg px-3 py-2 transition-colors hover:bg-accent",
                number === shown.number && "bg-accent",
              )}
            >
              <span className="font-medium">Version {number}</span>
              <span className="block text-[13px] text-muted-foreground">
                {by && (
                  <>
                    <bdi>{by.name}</bdi>,{" "}
                  </>
                )}
                {dayAndTime(new Date(at), now, style)}
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function UnknownKit() {
  return (
    <EmptyState
      icon={ClipboardXIcon}
      title="There is no such kit"
      heading="h1"
      className="mt-16 border-none"
      action={
        <Button asChild variant="outline">
          <Link to="/kits">All kits</Link>
        </Button>
      }
    >
      The address may be incomplete, or the kit belongs to another organisation.
    </EmptyState>
  );
}
