/** Holding the space bar while muted opens the microphone for as long as it is held. */
import { useEffect, useState } from "react";
import { TYPING } from "@/hooks/use-shortcuts";
import type { CallSession, CallSnapshot } from "./call-session";

/** Whether somebody talks by holding the key now. */
export function usePushToTalk(session: CallSession, snapshot: CallSnapshot, isAllowed: boolean): boolean {
  const [isHeld, setHeld] = useState(false);
  // Whether the microphone is open because of the key: only then is it closed with it.
  const [isOpened, setOpened] = useState(false);
  const isOn = snapshot.sending.microphone;
  const isBusy = snapshot.busy.microphone;

  useEffect(() => {
    if (!isAllowed) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== " " || isElsewhere(event)) return;
      event.preventDefault();
      if (!event.repeat) setHeld(true);
    };
    const released = (event: KeyboardEvent) => {
      if (event.key !== " ") return;
      if (!isElsewhere(event)) event.preventDefault();
      setHeld(false);
    };
    const lost = () => setHeld(false);
    window.addEventListener("keydown", pressed);
    window.addEventListener("keyup", released);
    window.addEventListener("blur", lost);
    return () => {
      window.removeEventListener("keydown", pressed);
      window.removeEventListener("keyup", released);
      window.removeEventListener("blur", lost);
      setHeld(false);
    };
  }, [isAllowed]);

  useEffect(() => {
    if (isBusy) return;
    if (isHeld && !isOn && !isOpened) {
      setOpened(true);
      void session.setMicrophone(true);
    } else if (!isHeld && isOpened) {
      setOpened(false);
      if (isOn) void session.setMicrophone(false);
    }
  }, [isHeld, isOn, isOpened, isBusy, session]);

  return isHeld && isOpened;
}

/** Whoever types, or has come to a button by the keyboard, means that with the key. */
function isElsewhere({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  if (!(target instanceof Element)) return false;
  return (
    target.closest(TYPING) !== null ||
    target.matches("button:focus-visible, a:focus-visible, [role]:focus-visible")
  );
}
