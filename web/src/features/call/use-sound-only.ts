/** Sound without pictures: by itself while one's line is weak, or because one wants it. */
import { useEffect, useState } from "react";
import { GOOD_LINE, watchLine } from "./line-watch";
import type { Person } from "./people";

/** `auto` follows the line. `never`: pictures whatever the line does, for this call. */
type Wish = "auto" | "always" | "never";

export interface SoundOnly {
  isOn: boolean;
  /** Because of the line, not because somebody wants it. */
  isByLine: boolean;
  isWanted: boolean;
  toggle: () => void;
  showPictures: () => void;
}

export function useSoundOnly(quality: Person["quality"]): SoundOnly {
  const [wish, setWish] = useState<Wish>("auto");
  const [line, setLine] = useState(GOOD_LINE);
  useEffect(() => {
    const look = () => setLine((now) => watchLine(now, quality, Date.now()));
    look();
    const timer = window.setInterval(look, 1000);
    return () => window.clearInterval(timer);
  }, [quality]);
  const isByLine = wish === "auto" && line.isSoundOnly;
  return {
    isOn: wish === "always" || isByLine,
    isByLine,
    isWanted: wish === "always",
    toggle: () => setWish((now) => (now === "always" ? "auto" : "always")),
    showPictures: () => setWish("never"),
  };
}

/** Others' faces are not shown, so the media library stops fetching them; a shared screen stays, as it is what is talked about. */
export function withoutPictures(people: readonly Person[]): Person[] {
  return people.map((person) => (person.isLocal ? person : { ...person, camera: undefined }));
}
