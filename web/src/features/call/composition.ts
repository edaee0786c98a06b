/** Who and what is large on the stage, who is small, and in which order: rules alone, no pixels and no React. */
import type { VideoTrack } from "livekit-client";
import type { Person } from "./people";

/** `auto`: equal tiles, or a shared screen large. `side`: two large, such as a screen and who talks about it. */
export const LAYOUTS = ["auto", "grid", "speaker", "side"] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface StageItem {
  /** Stays the same while it is on the stage, so that its element and picture do too. */
  key: string;
  person: Person;
  /** Present for a shared screen; otherwise it is the person's camera. */
  screen: VideoTrack | undefined;
}

/** `floating`: the second floats in a corner of the first. `strip`: all small, because something else needs the room. */
export interface Composition {
  arrangement: "grid" | "large" | "floating" | "strip";
  large: StageItem[];
  rest: StageItem[];
}

export interface Wishes {
  layout: Layout;
  /** The key of a pinned item. */
  pinned: string | undefined;
  /** Who spoke last. */
  speaker: string | undefined;
  isStrip: boolean;
  isPhone: boolean;
}

export function compose(people: readonly Person[], wishes: Wishes): Composition {
  const items = itemsOf(people);
  const screens = items.filter(({ screen }) => screen !== undefined);
  const pinned = items.find(({ key }) => key === wishes.pinned);
  const leading = pinned ?? screens.at(-1) ?? speakerAmong(items, wishes.speaker);
  if (wishes.isStrip && screens.length === 0 && pinned === undefined) return equal(items, "strip");
  if (items.length < 2 || leading === undefined) return equal(items, "grid");
  switch (wishes.layout) {
    case "grid":
      return pinned === undefined ? equal(items, "grid") : lead(items, [pinned]);
    case "speaker":
      return lead(items, [leading]);
    case "side":
      return lead(items, [leading, secondAfter(leading, items, wishes.speaker)]);
    case "auto": {
      if (pinned !== undefined) return lead(items, [pinned]);
      if (screens.length > 0) return lead(items, screens);
      if (wishes.isPhone && items.length === 2) return { ...lead(items, [leading]), arrangement: "floating" };
      return equal(items, "grid");
    }
  }
}

export function cameraKey(identity: string): string {
  return `camera ${identity}`;
}

/** Screens after the faces; one's own is not shown, since it would only mirror itself. */
function itemsOf(people: readonly Person[]): StageItem[] {
  const cameras = people.map((person) => ({ key: cameraKey(person.identity), person, screen: undefined }));
  const screens = people.flatMap((person) =>
    person.screen === undefined || person.isLocal
      ? []
      : [{ key: `screen ${person.identity}`, person, screen: person.screen }],
  );
  return [...cameras, ...screens];
}

/** The last to have spoken; before anybody did, the first of the others. */
function speakerAmong(items: readonly StageItem[], speaker: string | undefined): StageItem | undefined {
  const cameras = items.filter(({ screen }) => screen === undefined);
  return (
    cameras.find(({ person }) => person.identity === speaker) ??
    cameras.find(({ person }) => !person.isLocal) ??
    cameras[0]
  );
}

function secondAfter(first: StageItem, items: readonly StageItem[], speaker: string | undefined): StageItem {
  const others = items.filter(({ key }) => key !== first.key);
  const screen = others.findLast((item) => item.screen !== undefined);
  return screen ?? speakerAmong(others, speaker) ?? first;
}

function equal(items: StageItem[], arrangement: "grid" | "strip"): Composition {
  return { arrangement, large: [], rest: items };
}

function lead(items: readonly StageItem[], large: StageItem[]): Composition {
  const keys = new Set(large.map(({ key }) => key));
  return { arrangement: "large", large, rest: items.filter(({ key }) => !keys.has(key)) };
}
