import { type NavigateOptions, useNavigate } from "@tanstack/react-router";
import {
  CalendarDaysIcon,
  CalendarPlusIcon,
  ClipboardListIcon,
  HouseIcon,
  MonitorIcon,
  MoonIcon,
  SunIcon,
  UsersRoundIcon,
  VideoIcon,
  ZapIcon,
} from "lucide-react";
import { useDeferredValue, useEffect, useState } from "react";
import { useLive } from "@/api/live";
import { PersonAvatar } from "@/components/person-avatar";
import {
  Command,
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import { useNow } from "@/hooks/use-now";
import { useStartCall } from "@/hooks/use-start-call";
import { useChooseTheme } from "@/hooks/use-theme";
import { GROUPS, grouped, matchesSearch, startOf } from "@/lib/interview-order";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

const OPEN_EVENT = "interview-stream:command-palette";
const MOST_INTERVIEWS = 8;

export function openCommandPalette(): void {
  window.dispatchEvent(new Event(OPEN_EVENT));
}

/** Everything by keyboard: places, acts and interviews. Opens with Ctrl-K or ⌘K. */
export function CommandPalette() {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const open = () => setIsOpen(true);
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setIsOpen((was) => !was);
    };
    window.addEventListener(OPEN_EVENT, open);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener(OPEN_EVENT, open);
      window.removeEventListener("keydown", onKey);
    };
  }, []);
  return (
    <CommandDialog
      open={isOpen}
      onOpenChange={setIsOpen}
      title="Search and commands"
      description="Type to find an interview or something to do."
    >
      <PaletteBody close={() => setIsOpen(false)} />
    </CommandDialog>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const navigate = useNavigate();
  const { startCall } = useStartCall();
  const [search, setSearch] = useState("");
  const run = (act: () => unknown) => () => {
    close();
    void act();
  };
  const go = (to: NavigateOptions) => run(() => navigate(to));
  const acts = [
    { label: "Start a call now", icon: ZapIcon, run: run(startCall) },
    { label: "Schedule an interview", icon: CalendarPlusIcon, run: go({ to: "/interviews/new" }) },
    { label: "Go to home", icon: HouseIcon, run: go({ to: "/" }) },
    { label: "Go to interviews", icon: CalendarDaysIcon, run: go({ to: "/interviews" }) },
    { label: "Go to candidates", icon: UsersRoundIcon, run: go({ to: "/candidates" }) },
    { label: "Go to recordings", icon: VideoIcon, run: go({ to: "/recordings" }) },
    { label: "Go to kits", icon: ClipboardListIcon, run: go({ to: "/kits" }) },
  ];
  const choose = useChooseTheme();
  const themes = [
    { label: "Colours: light", icon: SunIcon, run: run(() => choose("light")) },
    { label: "Colours: dark", icon: MoonIcon, run: run(() => choose("dark")) },
    { label: "Colours: as the system", icon: MonitorIcon, run: run(() => choose("system")) },
  ];
  const matching = ({ label }: { label: string }) => matchesSearch(search, [label]);
  const shownActs = [...acts, ...(search ? themes : [])].filter(matching);
  return (
    <Command shouldFilter={false}>
      <CommandInput
        value={search}
        onValueChange={setSearch}
        placeholder="Find an interview, or something to do"
      />
      <CommandList>
        <CommandEmpty>Nothing found for “{search}”.</CommandEmpty>
        {search && (
          <FoundInterviews search={search} open={(id) => go({ to: "/interviews/$id", params: { id } })()} />
        )}
        {shownActs.length > 0 && (
          <CommandGroup heading="Actions">
            {shownActs.map(({ label, icon: Icon, run: act }) => (
              <CommandItem key={label} value={label} onSelect={act}>
                <Icon />
                {label}
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {!search && (
          <FoundInterviews search="" open={(id) => go({ to: "/interviews/$id", params: { id } })()} />
        )}
      </CommandList>
    </Command>
  );
}

function FoundInterviews({ search, open }: { search: string; open: (id: string) => void }) {
  const text = useDeferredValue(search.trim());
  const interviews = useLive("interviews.list", text ? { text } : { show: "open" });
  const now = useNow();
  const groups = grouped(interviews.data?.items ?? [], now);
  const found = GROUPS.flatMap((group) => groups[group]).slice(0, MOST_INTERVIEWS);
  if (found.length === 0) return null;
  return (
    <CommandGroup heading="Interviews">
      {found.map((interview) => (
        <CommandItem key={interview.id} value={interview.id} onSelect={() => open(interview.id)}>
          <PersonAvatar name={interview.candidate.name} className="size-6" />
          <span className="min-w-0 flex-1 truncate">
            {interview.title}
            {interview.candidate.name && (
              <span className="text-muted-foreground">
                {" "}
                · <bdi>{interview.candidate.name}</bdi>
              </span>
            )}
          </span>
          <span className="shrink-0 text-muted-foreground text-xs">
            {interview.state === "live" ? "Live" : dayAndTime(startOf(interview), now, ownTimeStyle())}
          </span>
        </CommandItem>
      ))}
    </CommandGroup>
  );
}
