/** The call as it looks in a small window above other programs: who speaks, and the controls one needs there. */
import { LogOutIcon, MicIcon, MicOffIcon, VideoIcon, VideoOffIcon } from "lucide-react";
import type { ReactNode } from "react";
import { createPortal } from "react-dom";
import { cn } from "@/lib/cn";
import type { CallSession, CallSnapshot } from "./call-session";

interface SmallWindowViewProps {
  body: HTMLElement;
  session: CallSession;
  snapshot: CallSnapshot;
  canSend: boolean;
  children: ReactNode;
}

export function SmallWindowView({ body, session, snapshot, canSend, children }: SmallWindowViewProps) {
  const { sending } = snapshot;
  return createPortal(
    <div className="flex h-dvh flex-col gap-2 bg-background p-2 text-foreground">
      <div className="min-h-0 flex-1">{children}</div>
      <div className="flex justify-center gap-2">
        {canSend && (
          <>
            <SmallButton
              label={sending.microphone ? "Mute" : "Unmute"}
              isOff={!sending.microphone}
              onClick={() => void session.setMicrophone(!sending.microphone)}
            >
              {sending.microphone ? <MicIcon /> : <MicOffIcon />}
            </SmallButton>
            <SmallButton
              label={sending.camera ? "Stop camera" : "Start camera"}
              isOff={!sending.camera}
              onClick={() => void session.setCamera(!sending.camera)}
            >
              {sending.camera ? <VideoIcon /> : <VideoOffIcon />}
            </SmallButton>
          </>
        )}
        <SmallButton label="Leave" isOff={false} onClick={() => void session.leave()}>
          <LogOutIcon />
        </SmallButton>
      </div>
    </div>,
    body,
  );
}

interface SmallButtonProps {
  label: string;
  isOff: boolean;
  onClick: () => void;
  children: ReactNode;
}

function SmallButton({ label, isOff, onClick, children }: SmallButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className={cn(
        "grid h-9 w-12 place-items-center rounded-xl [&_svg]:size-5",
        isOff ? "bg-foreground text-background" : "bg-secondary text-secondary-foreground",
      )}
    >
      {children}
    </button>
  );
}
