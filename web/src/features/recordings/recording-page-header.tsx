/** The line above a recording: where it belongs, when it was made, and the way back. */
import { Link } from "@tanstack/react-router";
import { ArrowLeftIcon } from "lucide-react";
import type { Recording } from "@/api/types";
import { ThemeMenu } from "@/components/theme-menu";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { dayAndTime, lengthOf, ownTimeStyle, zoneName } from "@/lib/time";

export function RecordingPageHeader({ recording }: { recording: Recording | undefined }) {
  const now = useNow();
  const style = ownTimeStyle();
  return (
    <header className="flex h-14 shrink-0 items-center gap-3 border-b px-3 sm:px-5">
      {recording === undefined ? (
        <Skeleton className="h-8 w-72" />
      ) : (
        <>
          <Button variant="ghost" size="icon" asChild>
            <Link
              to="/interviews/$id"
              params={{ id: recording.interview.id }}
              aria-label="Back to the interview"
            >
              <ArrowLeftIcon />
            </Link>
          </Button>
          <div className="min-w-0">
            <h1 className="truncate font-medium text-[15px] leading-5" dir="auto">
              {recording.interview.title}
            </h1>
            <p className="truncate text-muted-foreground text-xs">
              Recorded {dayAndTime(new Date(recording.started_at), now, style)}{" "}
              {zoneName(new Date(recording.started_at), style)}
              {recording.duration_s !== null && ` · ${lengthOf(recording.duration_s)}`}
            </p>
          </div>
        </>
      )}
      <div className="ml-auto">
        <ThemeMenu />
      </div>
    </header>
  );
}
