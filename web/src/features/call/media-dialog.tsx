/** What the browser does to one's sound and picture; what it cannot do is said. */
import { type ReactNode, useId, useState } from "react";
import { toastProblem } from "@/components/toaster";
import { Dialog, DialogContent, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import { Switch } from "@/components/ui/switch";
import type { CallSession } from "./call-session";
import { type Processing, rememberedProcessing, rememberProcessing } from "./memory";
import { blurSupport, supportsSound } from "./processing";

interface MediaDialogProps {
  session: CallSession;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const SOUND = [
  ["noiseSuppression", "Noise suppression", "Takes keyboards, fans and streets out of your sound."],
  [
    "echoCancellation",
    "Echo cancellation",
    "Keeps the others from hearing themselves. Not needed with headphones.",
  ],
  ["autoGainControl", "Even loudness", "Lifts a quiet voice and lowers a loud one."],
] as const;

const BLUR_WORDS = {
  yes: "Only you stay sharp. Your own machine does it.",
  no: "This browser or camera cannot blur the background. Some systems can: look in the camera's own settings.",
  unknown: "Start your camera to see whether it can do this.",
};

export function MediaDialog({ session, open, onOpenChange }: MediaDialogProps) {
  const [processing, setProcessing] = useState(rememberedProcessing);
  const change = (what: Partial<Processing>) => {
    rememberProcessing(what);
    setProcessing(rememberedProcessing());
    void session.followProcessing().catch(toastProblem);
  };
  const support = blurSupport(session.cameraTrack);
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-md" aria-describedby={undefined} data-testid="media-dialog">
        <DialogHeader>
          <DialogTitle>Sound and picture</DialogTitle>
        </DialogHeader>
        {SOUND.map(([name, label, words]) => (
          <Choice
            key={name}
            label={label}
            words={supportsSound(name) ? words : "This browser does not let pages change it."}
            isOn={processing[name]}
            isPossible={supportsSound(name)}
            onChange={(isOn) => change({ [name]: isOn })}
          />
        ))}
        <Choice
          label="Blur my background"
          words={BLUR_WORDS[support]}
          isOn={processing.backgroundBlur && support !== "no"}
          isPossible={support === "yes"}
          onChange={(isOn) => change({ backgroundBlur: isOn })}
        />
      </DialogContent>
    </Dialog>
  );
}

interface ChoiceProps {
  label: string;
  words: ReactNode;
  isOn: boolean;
  isPossible: boolean;
  onChange: (isOn: boolean) => void;
}

function Choice({ label, words, isOn, isPossible, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-4">
      <div className="min-w-0 flex-1">
        <Label htmlFor={id}>{label}</Label>
        <p id={`${id}-words`} className="text-[13px] text-muted-foreground leading-5">
          {words}
        </p>
      </div>
      <Switch
        id={id}
        aria-describedby={`${id}-words`}
        checked={isOn}
        disabled={!isPossible}
        onCheckedChange={onChange}
      />
    </div>
  );
}
