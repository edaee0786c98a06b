import { CalendarClockIcon, CalendarXIcon, EllipsisIcon, UserXIcon } from "lucide-react";
import { useState } from "react";
import type { Interview } from "@/api/types";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { CallOffDialog } from "./call-off-dialog";
import { RescheduleDialog } from "./reschedule-dialog";

type Asked = "reschedule" | "cancel" | "no-show";

/** Moving it and calling it off: in a menu while it stands, beside the title once a new time is all that is left. */
export function InterviewActs({ interview }: { interview: Interview }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const can = (act: Interview["allowed"][number]) => interview.allowed.includes(act);
  const close = (open: boolean) => {
    if (!open) setAsked(null);
  };
  const isOff = interview.state === "cancelled" || interview.state === "no_show";
  return (
    <>
      {isOff ? (
        <Button variant="outline" onClick={() => setAsked("reschedule")} className="max-sm:flex-1">
          <CalendarClockIcon />
          Plan a new time
        </Button>
      ) : (
        (can("cancel") || can("mark_no_show")) && (
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="outline" size="icon" aria-label="More to do with this interview">
                <EllipsisIcon />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              {can("reschedule") && (
                <DropdownMenuItem onSelect={() => setAsked("reschedule")}>
                  <CalendarClockIcon /> Reschedule…
                </DropdownMenuItem>
              )}
              {can("mark_no_show") && (
                <DropdownMenuItem onSelect={() => setAsked("no-show")}>
                  <UserXIcon /> Candidate did not come…
                </DropdownMenuItem>
              )}
              {can("cancel") && (
                <DropdownMenuItem variant="destructive" onSelect={() => setAsked("cancel")}>
                  <CalendarXIcon /> Cancel interview…
                </DropdownMenuItem>
              )}
            </DropdownMenuContent>
          </DropdownMenu>
        )
      )}
      <RescheduleDialog interview={interview} open={asked === "reschedule"} onOpenChange={close} />
      <CallOffDialog interview={interview} how="cancel" open={asked === "cancel"} onOpenChange={close} />
      <CallOffDialog interview={interview} how="no-show" open={asked === "no-show"} onOpenChange={close} />
    </>
  );
}
