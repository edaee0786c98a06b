/** All keys of the room, shown by "?". */
import { Dialog, DialogContent, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";

interface ShortcutSheetProps {
  isInterviewer: boolean;
  canSend: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

type Shortcut = readonly [key: string, act: string];

const OF_SENDERS: Shortcut[] = [
  ["M", "Mute or unmute"],
  ["Space", "Hold to talk while muted"],
  ["V", "Camera on or off"],
  ["S", "Share your screen or stop"],
  ["H", "Raise or lower your hand"],
];
const OF_ALL: Shortcut[] = [
  ["L", "Next layout"],
  ["F", "Full screen"],
  ["P", "Show or hide people"],
  ["C", "Show or hide the chat"],
  ["?", "This list"],
];
const OF_INTERVIEWERS: Shortcut[] = [
  ["A", "Let in who is waiting"],
  ["R", "Not now, to who is waiting"],
];

export function ShortcutSheet({ isInterviewer, canSend, open, onOpenChange }: ShortcutSheetProps) {
  const shortcuts = [...(canSend ? OF_SENDERS : []), ...OF_ALL, ...(isInterviewer ? OF_INTERVIEWERS : [])];
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-sm" aria-describedby={undefined} data-testid="shortcut-sheet">
        <DialogHeader>
          <DialogTitle>Keyboard shortcuts</DialogTitle>
        </DialogHeader>
        <dl className="grid grid-cols-[1fr_auto] items-center gap-y-2.5 text-sm">
          {shortcuts.map(([key, act]) => (
            <div key={key} className="contents">
              <dt>{act}</dt>
              <dd className="text-right">
                <Kbd>{key}</Kbd>
              </dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  );
}
