/**
 * The call in a small window above other programs: a page of its own where the browser has that (Chrome, Edge), otherwise the
 * largest picture alone (Safari). Where it has neither, the menu says so.
 */
import { useCallback, useEffect, useState } from "react";

export interface SmallWindow {
  isPossible: boolean;
  word: string;
  toggle: () => void;
  /** Where to draw, while the window is open. */
  body: HTMLElement | undefined;
}

interface DocumentPictureInPicture {
  requestWindow: (size: { width: number; height: number }) => Promise<Window>;
}

declare global {
  interface Window {
    documentPictureInPicture?: DocumentPictureInPicture;
  }
}

export function useSmallWindow(): SmallWindow {
  const [opened, setOpened] = useState<Window>();
  useEffect(() => () => opened?.close(), [opened]);
  const open = useCallback(async () => {
    const api = window.documentPictureInPicture;
    if (api === undefined) {
      await showLargest();
      return;
    }
    const small = await api.requestWindow({ width: 340, height: 420 });
    dress(small.document);
    small.addEventListener("pagehide", () => setOpened(undefined));
    setOpened(small);
  }, []);
  return {
    isPossible: window.documentPictureInPicture !== undefined || document.pictureInPictureEnabled === true,
    word: opened === undefined ? "Small window" : "Close the small window",
    // Browsers refuse without a click, or when the person closed it meanwhile.
    toggle: () => (opened === undefined ? void open().catch(() => undefined) : setOpened(undefined)),
    body: opened?.document.body,
  };
}

/** The page's own style sheets and colours. */
function dress(target: Document): void {
  for (const sheet of document.querySelectorAll("style, link[rel=stylesheet]")) {
    target.head.append(sheet.cloneNode(true));
  }
  target.documentElement.className = document.documentElement.className;
  target.title = document.title;
}

async function showLargest(): Promise<void> {
  if (document.pictureInPictureElement !== null) {
    await document.exitPictureInPicture();
    return;
  }
  const videos = [...document.querySelectorAll<HTMLVideoElement>("[data-testid=stage] video")];
  const area = (video: HTMLVideoElement) => video.clientWidth * video.clientHeight;
  const largest = videos.sort((a, b) => area(b) - area(a))[0];
  await largest?.requestPictureInPicture();
}
