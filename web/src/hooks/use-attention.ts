/** Calls for somebody's eyes while something waits for them: a sound, the tab's title, a notice on the desktop. */
import { useEffect, useRef, useState } from "react";
import { playKnock } from "@/lib/chime";

const FLASH_MS = 1200;
const AGAIN_MS = 15_000;

/** `news` is what to say, such as "Dana waits"; undefined while nothing does. */
export function useAttention(news: string | undefined, details: string): void {
  const last = useRef(details);
  useEffect(() => {
    last.current = details;
  });
  useEffect(() => {
    if (news === undefined) return;
    void playKnock(undefined);
    const again = window.setInterval(() => void playKnock(undefined), AGAIN_MS);
    const stopFlashing = flashTitle(news);
    const notice = notify(news, last.current);
    return () => {
      window.clearInterval(again);
      stopFlashing();
      notice?.close();
    };
  }, [news]);
}

function flashTitle(news: string): () => void {
  let before = document.title;
  const timer = window.setInterval(() => {
    if (document.title === news) document.title = before;
    else {
      before = document.title;
      document.title = news;
    }
  }, FLASH_MS);
  return () => {
    window.clearInterval(timer);
    if (document.title === news) document.title = before;
  };
}

function notify(title: string, body: string): Notification | undefined {
  if (!("Notification" in window) || Notification.permission !== "granted") return undefined;
  // Whoever looks at the page sees it there.
  if (document.visibilityState === "visible" && document.hasFocus()) return undefined;
  try {
    const notice = new Notification(title, { body, tag: "interview-stream.knock", requireInteraction: true });
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
    return notice;
  } catch {
    // Some phones allow notices from service workers only.
    return undefined;
  }
}

/** Whether desktop notices can still be asked for; asking needs a click. */
export function useNoticePermission(): { canAsk: boolean; ask: () => void } {
  const [permission, setPermission] = useState(() =>
    "Notification" in window ? Notification.permission : "denied",
  );
  const ask = () => void Notification.requestPermission().then(setPermission, () => setPermission("denied"));
  return { canAsk: permission === "default", ask };
}
