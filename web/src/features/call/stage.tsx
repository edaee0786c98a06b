/** Puts people and screens in their places. Tiles keep their elements when the layout changes, so that no picture goes black. */
import type { CSSProperties } from "react";
import { useBox } from "@/hooks/use-box";
import { type Box, placeFloating, placeLarge, placeStage, type Rect } from "@/lib/stage-layout";
import { type Composition, compose, type StageItem } from "./composition";
import type { Person } from "./people";
import { ScreenTile, Tile } from "./tile";
import { useSpeaker } from "./use-speaker";
import type { StageView } from "./use-stage-view";

const GAP = 10;
const PHONE_WIDTH = 560;

interface StageProps {
  people: Person[];
  view: StageView;
  /** Faces only in a narrow column, because something else (shared code) needs the room. */
  isStrip?: boolean;
  /** Raised hands by identity: which place in the line each has. */
  hands: ReadonlyMap<string, number>;
  /** Why a person's picture is not shown, in words. */
  veilOf: (person: Person) => string | undefined;
}

export function Stage({ people, view, isStrip = false, hands, veilOf }: StageProps) {
  const { ref, box } = useBox();
  const speaker = useSpeaker(people);
  const isPhone = box.width < PHONE_WIDTH && box.height > box.width;
  const composition = compose(people, { ...view, speaker, isStrip, isPhone });
  const places = placesFor(composition, box);
  const large = new Set(composition.large.map(({ key }) => key));
  const items = [...composition.large, ...composition.rest].sort(byKey);
  return (
    <div
      ref={ref}
      data-testid="stage"
      data-layout={view.layout}
      data-arrangement={composition.arrangement}
      className="relative size-full min-h-0 overflow-hidden"
    >
      {items.map(({ key, person, screen }) => {
        const tile = {
          person,
          isPinned: view.pinned === key,
          onPin: people.length > 1 ? () => view.pin(key) : undefined,
          isLarge: large.has(key),
          style: placed(places.get(key), composition.arrangement === "floating" && !large.has(key)),
        };
        return screen === undefined ? (
          <Tile
            key={key}
            {...tile}
            isSmall={composition.arrangement !== "grid" && !large.has(key)}
            hand={hands.get(person.identity)}
            veil={veilOf(person)}
          />
        ) : (
          <ScreenTile key={key} {...tile} screen={screen} />
        );
      })}
    </div>
  );
}

/** React moves an element whose place among its neighbours changes, and a moved video stops for a moment. */
function byKey(a: StageItem, b: StageItem): number {
  return a.key < b.key ? -1 : 1;
}

function placesFor({ arrangement, large, rest }: Composition, box: Box): Map<string, Rect | undefined> {
  const items = [...large, ...rest];
  const rects = rectsFor(arrangement, large.length, rest.length, box);
  return new Map(items.map(({ key }, index) => [key, rects[index]]));
}

function rectsFor(arrangement: Composition["arrangement"], large: number, rest: number, box: Box): Rect[] {
  switch (arrangement) {
    case "grid":
      return placeStage("faces", rest, box, GAP).faces;
    case "strip":
      return placeStage("strip", rest, box, GAP).faces;
    case "floating":
      return placeFloating(box, GAP);
    case "large": {
      const places = placeLarge(large, rest, box, GAP);
      return [...places.large, ...places.rest];
    }
  }
}

function placed(rect: Rect | undefined, isAbove: boolean): CSSProperties {
  return { position: "absolute", zIndex: isAbove ? 1 : undefined, ...rect };
}
