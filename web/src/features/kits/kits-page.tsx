import { Link } from "@tanstack/react-router";
import { ArchiveIcon, ClipboardListIcon, PlusIcon } from "lucide-react";
import type { KitSummary } from "@/api/kits";
import { useLive } from "@/api/live";
import { PageHeader } from "@/components/app-shell";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { matchesSearch } from "@/lib/interview-order";
import { dayName, ownTimeStyle } from "@/lib/time";

interface KitsPageProps {
  search: string;
  isArchive: boolean;
  onChange: (change: { search?: string; isArchive?: boolean }) => void;
}

/** What interviews are held with: problems and a scorecard, written once. */
export function KitsPage({ search, isArchive, onChange }: KitsPageProps) {
  useTitle("Kits");
  const kits = useLive("kits.list", {});
  const all = kits.data ?? [];
  const shown = all.filter(
    (kit) =>
      kit.is_archived === isArchive &&
      matchesSearch(search, [kit.name, kit.description, ...kit.problems, ...kit.skills]),
  );
  return (
    <>
      <PageHeader title="Kits">
        <NewKitButton />
      </PageHeader>
      {kits.problem && <ProblemNotice problem={kits.problem} />}
      {kits.isPending && <Skeleton className="h-72 rounded-xl" />}
      {kits.data && all.length === 0 && (
        <EmptyState icon={ClipboardListIcon} title="No kits yet" action={<NewKitButton />}>
          A kit is the problems and the scorecard of one kind of interview. Whoever gets the same kit gets the
          same interview.
        </EmptyState>
      )}
      {all.length > 0 && (
        <div className="mb-6 flex flex-wrap gap-3">
          <SearchInput
            value={search}
            onChange={(value) => onChange({ search: value })}
            label="Search by name, problem or skill"
            className="min-w-60 flex-1"
          />
          <ToggleGroup
            type="single"
            aria-label="Show"
            value={isArchive ? "archived" : "used"}
            onValueChange={(value) => value && onChange({ isArchive: value === "archived" })}
          >
            <ToggleGroupItem value="used">In use</ToggleGroupItem>
            <ToggleGroupItem value="archived">Archived</ToggleGroupItem>
          </ToggleGroup>
        </div>
      )}
      {all.length > 0 && shown.length === 0 && (
        <EmptyState
          icon={isArchive ? ArchiveIcon : ClipboardListIcon}
          title={
            search ? `Nothing matches “${search}”` : isArchive ? "Nothing is archived" : "All are archived"
          }
          action={
            <Button variant="outline" onClick={() => onChange({ search: "", isArchive: false })}>
              Show the kits in use
            </Button>
          }
        >
          An archived kit is offered to no new interview; those that have it keep it.
        </EmptyState>
      )}
      {shown.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {shown.map((kit) => (
            <KitRow key={kit.id} kit={kit} />
          ))}
        </ul>
      )}
    </>
  );
}

function NewKitButton() {
  return (
    <Button asChild>
      <Link to="/kits/new">
        <PlusIcon />
        New kit
      </Link>
    </Button>
  );
}

function KitRow({ kit }: { kit: KitSummary }) {
  const now = useNow();
  const problems = kit.problems.length === 1 ? "1 problem" : `${kit.problems.length} problems`;
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 transition-colors hover:bg-muted">
      <div className="min-w-0 flex-[1_1_16rem]">
        <Link
          to="/kits/$id"
          params={{ id: kit.id }}
          className="-outline-offset-2 block truncate font-medium after:absolute after:inset-0"
        >
          {kit.name}
        </Link>
        <p className="truncate text-[13px] text-muted-foreground">
          {problems} · scores {kit.skills.join(", ")}
        </p>
      </div>
      <p className="flex items-center gap-3 text-[13px] text-muted-foreground">
        <Badge variant="outline">Version {kit.number}</Badge>
        {dayName(new Date(kit.changed_at), now, ownTimeStyle())}
      </p>
    </li>
  );
}
