import { Link, type LinkProps } from "@tanstack/react-router";
import {
  CalendarDaysIcon,
  ClipboardListIcon,
  HouseIcon,
  type LucideIcon,
  PlusIcon,
  SearchIcon,
  UsersRoundIcon,
  VideoIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { useLiveMe } from "@/api/session";
import { Brand } from "@/components/brand";
import { CommandPalette, openCommandPalette } from "@/components/command-palette";
import { ConnectionBanner } from "@/components/connection-banner";
import { Pictures } from "@/components/pictures";
import { Kbd } from "@/components/ui/kbd";
import { UserMenu } from "@/components/user-menu";
import { WaitingGuests } from "@/components/waiting-guests";
import { cn } from "@/lib/cn";
import { shortcutKey } from "@/lib/shortcut-key";

interface Place {
  to: NonNullable<LinkProps["to"]>;
  label: string;
  icon: LucideIcon;
  exact?: boolean;
}

const places: Place[] = [
  { to: "/", label: "Home", icon: HouseIcon, exact: true },
  { to: "/interviews", label: "Interviews", icon: CalendarDaysIcon },
  { to: "/candidates", label: "Candidates", icon: UsersRoundIcon },
  { to: "/recordings", label: "Recordings", icon: VideoIcon },
  { to: "/kits", label: "Kits", icon: ClipboardListIcon },
];

/** What surrounds a member's pages: places on the left (below, on a phone), search, and who one is. */
export function AppShell({ children }: { children: ReactNode }) {
  useLiveMe();
  return (
    <Pictures>
      <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-lg focus:bg-popover focus:px-4 focus:py-2"
        >
          Skip to the content
        </a>
        <Sidebar />
        <PhoneBar />
        <div className="min-w-0 pb-20 md:pb-0">
          <ConnectionBanner />
          <main id="content" className="mx-auto w-full max-w-5xl px-4 py-6 md:px-10 md:py-10">
            {children}
          </main>
        </div>
        <PhoneTabs />
        <CommandPalette />
        <WaitingGuests />
      </div>
    </Pictures>
  );
}

function Sidebar() {
  return (
    <header className="sticky top-0 hidden h-dvh flex-col border-r bg-sidebar p-3 md:flex">
      <Link to="/" className="flex h-11 items-center rounded-lg px-2">
        <Brand />
      </Link>
      <button
        type="button"
        onClick={openCommandPalette}
        className="mt-3 flex h-9 items-center gap-2.5 rounded-lg border bg-card px-2.5 text-muted-foreground transition-colors hover:text-foreground"
      >
        <SearchIcon className="size-4" />
        <span className="flex-1 text-left">Search</span>
        <Kbd>{shortcutKey()}</Kbd>
        <Kbd className="-ml-1.5">K</Kbd>
      </button>
      <nav aria-label="Places" className="mt-4 grid gap-0.5">
        {places.map(({ to, label, icon: Icon, exact }) => (
          <Link
            key={label}
            to={to}
            activeOptions={{ exact: exact ?? false, includeSearch: false }}
            className="flex h-9 items-center gap-2.5 rounded-lg px-2.5 font-medium text-muted-foreground transition-colors hover:bg-accent hover:text-foreground data-[status=active]:bg-accent data-[status=active]:text-foreground [&_svg]:size-4"
          >
            <Icon />
            {label}
          </Link>
        ))}
      </nav>
      <div className="mt-auto">
        <UserMenu wide />
      </div>
    </header>
  );
}

function PhoneBar() {
  return (
    <header className="flex h-14 items-center justify-between border-b bg-sidebar px-4 md:hidden">
      <Link to="/" aria-label="Home" className="flex rounded-lg">
        <Brand />
      </Link>
      <div className="flex items-center gap-3">
        <button
          type="button"
          onClick={openCommandPalette}
          aria-label="Search"
          className="grid size-9 place-items-center"
        >
          <SearchIcon className="size-5 text-muted-foreground" />
        </button>
        <UserMenu />
      </div>
    </header>
  );
}

function PhoneTabs() {
  const tab = "flex flex-1 flex-col items-center gap-1 py-2 font-medium text-[11px] [&_svg]:size-5";
  return (
    <nav
      aria-label="Places"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t bg-sidebar pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places.map(({ to, label, icon: Icon, exact }) => (
        <Link
          key={label}
          to={to}
          activeOptions={{ exact: exact ?? false, includeSearch: false }}
          className={cn(tab, "text-muted-foreground data-[status=active]:text-foreground")}
        >
          <Icon />
          {label}
        </Link>
      ))}
      <Link to="/interviews/new" className={cn(tab, "text-primary")}>
        <PlusIcon />
        New
      </Link>
    </nav>
  );
}

/** A page's heading with what can be done on it. */
export function PageHeader({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="mb-6 flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      {children && <div className="flex items-center gap-2">{children}</div>}
    </div>
  );
}
