/** The dialogs of the room, one at a time. */
import type { CallSession } from "./call-session";
import { FocusDialog } from "./focus-dialog";
import { MediaDialog } from "./media-dialog";
import { ShortcutSheet } from "./shortcut-sheet";

export type RoomDialog = "focus" | "media" | "shortcuts";

interface RoomDialogsProps {
  session: CallSession;
  interviewId: string;
  isInterviewer: boolean;
  canSend: boolean;
  opened: RoomDialog | undefined;
  onClose: () => void;
}

export function RoomDialogs({
  session,
  interviewId,
  isInterviewer,
  canSend,
  opened,
  onClose,
}: RoomDialogsProps) {
  const state = (dialog: RoomDialog) => ({
    open: opened === dialog,
    onOpenChange: (open: boolean) => !open && onClose(),
  });
  return (
    <>
      <ShortcutSheet isInterviewer={isInterviewer} canSend={canSend} {...state("shortcuts")} />
      {/* Read anew each time: what a camera can do depends on which one runs. */}
      {opened === "media" && <MediaDialog session={session} {...state("media")} />}
      <FocusDialog interviewId={interviewId} {...state("focus")} />
    </>
  );
}
