/** Puts people and screens in their places: equal tiles, or a screen large with the faces in a strip beside it. */
import type { CSSProperties } from "react";
import { useBox } from "@/hooks/use-box";
import { placeStage, type Rect, type StageLayout } from "@/lib/stage-layout";
import type { Person } from "./people";
import { ScreenTile, Tile } from "./tile";

const GAP = 10;

interface StageProps {
  people: Person[];
  /** Faces only in a narrow column, because something else (shared code) needs the room. */
  isStrip?: boolean;
}

export function Stage({ people, isStrip = false }: StageProps) {
  const { ref, box } = useBox();
  // One's own screen is not shown: it would only mirror itself.
  const sharer = people.findLast((person) => person.screen !== undefined && !person.isLocal);
  const layout: StageLayout = sharer !== undefined ? "screen" : isStrip ? "strip" : "faces";
  const { screen, faces } = placeStage(layout, people.length, box, GAP);
  return (
    <div
      ref={ref}
      data-testid="stage"
      data-layout={layout}
      className="relative size-full min-h-0 overflow-hidden"
    >
      {sharer?.screen !== undefined && (
        <ScreenTile person={sharer} screen={sharer.screen} style={placed(screen)} />
      )}
      {people.map((person, index) => (
        <Tile
          key={person.identity}
          person={person}
          isSmall={layout !== "faces"}
          style={placed(faces[index])}
        />
      ))}
    </div>
  );
}

function placed(rect: Rect | undefined): CSSProperties {
  return { position: "absolute", ...rect };
}
