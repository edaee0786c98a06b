import { Link } from "@tanstack/react-router";
import { CalendarPlusIcon, LinkIcon, type LucideIcon, VideoIcon, ZapIcon } from "lucide-react";
import { JoinByLink } from "@/components/join-by-link";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { useStartCall } from "@/hooks/use-start-call";

const tile =
  "flex items-center gap-3 rounded-xl border bg-card p-4 text-left transition-colors hover:border-input hover:bg-muted disabled:opacity-60";

function TileBody({ icon: Icon, title, text }: { icon: LucideIcon; title: string; text: string }) {
  return (
    <>
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-secondary">
        <Icon className="size-4.5" />
      </span>
      <span className="min-w-0">
        <span className="block truncate font-medium">{title}</span>
        <span className="block truncate text-[13px] text-muted-foreground max-sm:hidden">{text}</span>
      </span>
    </>
  );
}

/** The four things people come here for. */
export function QuickActions() {
  const { startCall, isStarting } = useStartCall();
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <button type="button" className={tile} onClick={startCall} disabled={isStarting}>
        <TileBody icon={ZapIcon} title="New call" text="Start right away" />
      </button>
      <Dialog>
        <DialogTrigger className={tile}>
          <TileBody icon={LinkIcon} title="Join" text="With a link" />
        </DialogTrigger>
        <DialogContent>
          <DialogHeader>
            <DialogTitle>Join with a link</DialogTitle>
            <DialogDescription>
              An interview's address, or a candidate's link to see it as they do.
            </DialogDescription>
          </DialogHeader>
          <JoinByLink autoFocus />
        </DialogContent>
      </Dialog>
      <Link to="/interviews/new" className={tile}>
        <TileBody icon={CalendarPlusIcon} title="Schedule" text="For a later time" />
      </Link>
      <Link to="/recordings" className={tile}>
        <TileBody icon={VideoIcon} title="Recordings" text="Watch again" />
      </Link>
    </div>
  );
}
