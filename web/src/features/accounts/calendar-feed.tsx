import { CalendarPlusIcon } from "lucide-react";
import { problemOf } from "@/api/client";
import { useCalendarFeed, useRenewCalendarFeed } from "@/api/interviews";
import { CopyButton } from "@/components/copy-button";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { ConfirmButton } from "./confirm-button";

/** One's interviews in the calendar one already uses. */
export function CalendarFeedField() {
  const feed = useCalendarFeed();
  const renew = useRenewCalendarFeed();
  if (feed.error) return <ProblemNotice problem={problemOf(feed.error)} />;
  if (!feed.data) return <Skeleton className="h-20 rounded-lg" />;
  const run = () =>
    renew
      .mutateAsync()
      .then(
        () => toast("The calendar has a new address", { description: "The old one stopped working." }),
        toastProblem,
      );
  return (
    <div className="grid gap-4">
      <div className="flex gap-2">
        <Input
          readOnly
          aria-label="Address of your calendar"
          value={feed.data.url}
          onFocus={(event) => event.target.select()}
          className="min-w-0 font-mono text-[13px]"
        />
        <CopyButton text={feed.data.url} label="Copy" variant="outline" />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button asChild variant="outline">
          <a href={feed.data.webcal_url}>
            <CalendarPlusIcon />
            Subscribe
          </a>
        </Button>
        <ConfirmButton
          variant="ghost"
          disabled={renew.isPending}
          title="Make a new address?"
          consequence="Calendars that use the present one stop being updated."
          act="Make a new address"
          onConfirm={() => void run()}
        >
          New address
        </ConfirmButton>
      </div>
    </div>
  );
}
