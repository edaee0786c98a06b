import { WifiOffIcon } from "lucide-react";
import { useLiveState } from "@/api/live";
import { useUnsentCount } from "@/api/outbox";

/** Says that what is on screen may be old, for as long as the live connection is lost. */
export function ConnectionBanner() {
  const state = useLiveState();
  const unsent = useUnsentCount();
  if (state !== "lost") return null;
  return (
    <div
      role="status"
      data-testid="offline-banner"
      className="slide-in-from-top-2 fade-in-0 sticky top-0 z-40 flex animate-in items-center justify-center gap-2.5 border-warning/25 border-b bg-warning-surface px-4 py-2 text-center font-medium text-[13px] text-warning"
    >
      <WifiOffIcon className="size-4 shrink-0" />
      Connection lost. Trying again by itself; what you see may be out of date.
      {unsent > 0 &&
        ` ${unsent === 1 ? "One edit is" : `${unsent} edits are`} kept in this browser until then.`}
    </div>
  );
}
