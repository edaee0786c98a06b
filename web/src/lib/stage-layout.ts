/** Where people's tiles and shared screens go, in a call and in its recording: arithmetic alone. */

export interface Tiling {
  columns: number;
  width: number;
  height: number;
}

const WIDEST = 16 / 9;
const NARROWEST_LANDSCAPE = 4 / 3;
const NARROWEST_PORTRAIT = 4 / 5;
const CLEARLY_LARGER = 1.35;

/**
 * The tiling of `count` equal tiles that covers most of the box. Tiles may be cropped between 16:9 and 4:3 (4:5 in a box that
 * is higher than wide), because two faces in a 4:3 window read better than two ribbons.
 */
export function tileStage(count: number, width: number, height: number, gap: number): Tiling {
  const isPortrait = height > width;
  const narrowest = isPortrait ? NARROWEST_PORTRAIT : NARROWEST_LANDSCAPE;
  const columns = Array.from({ length: Math.max(1, count) }, (_, index) => index + 1);
  let best: Tiling = { columns: 1, width: 0, height: 0 };
  // Two people stay side by side (one above the other on a phone) unless the other way is clearly larger: a panel that opens
  // must not turn them round.
  const needed = count === 2 ? CLEARLY_LARGER : 1;
  for (const candidate of isPortrait ? columns : columns.reverse()) {
    const tiling = tileIn(
      candidate,
      Math.ceil(Math.max(1, count) / candidate),
      width,
      height,
      gap,
      narrowest,
    );
    if (tiling.width * tiling.height > best.width * best.height * needed) best = tiling;
  }
  return best;
}

function tileIn(
  columns: number,
  rows: number,
  width: number,
  height: number,
  gap: number,
  narrowest: number,
): Tiling {
  const cellWidth = Math.max(0, (width - gap * (columns - 1)) / columns);
  const cellHeight = Math.max(0, (height - gap * (rows - 1)) / rows);
  const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * WIDEST));
  return { columns, width: tileWidth, height: Math.floor(Math.min(cellHeight, tileWidth / narrowest)) };
}

export interface Box {
  width: number;
  height: number;
}

export interface Rect extends Box {
  left: number;
  top: number;
}

/** `faces`: equal tiles. `screen`: one screen large and the faces in a strip. `strip`: the faces alone in a narrow box. */
export type StageLayout = "faces" | "screen" | "strip";

export interface Placement {
  screen: Rect | undefined;
  faces: Rect[];
}

const WIDE_ENOUGH = 720;
const BOTTOM_STRIP = 96;

/** Where everything goes. Tiles keep their elements when the layout changes, so that no picture goes black for a moment. */
export function placeStage(layout: StageLayout, count: number, box: Box, gap: number): Placement {
  if (layout === "faces") return { screen: undefined, faces: placeFaces(count, box, gap) };
  if (layout === "strip")
    return { screen: undefined, faces: placeStrip(count, { left: 0, top: 0, ...box }, gap) };
  const { large, rest } = placeLarge(1, count, box, gap);
  return { screen: large[0], faces: rest };
}

export interface LargePlacement {
  large: Rect[];
  rest: Rect[];
}

/** Some large, the others in a strip beside them (below them where the box is narrow). */
export function placeLarge(count: number, others: number, box: Box, gap: number): LargePlacement {
  const main = { left: 0, top: 0, ...box };
  if (others === 0) return { large: fill(count, main, gap), rest: [] };
  if (box.width >= WIDE_ENOUGH) {
    const width = Math.round(Math.min(240, Math.max(176, box.width * 0.17)));
    main.width = box.width - width - gap;
    const strip = { left: main.width + gap, top: 0, width, height: box.height };
    return { large: fill(count, main, gap), rest: placeStrip(others, strip, gap) };
  }
  main.height = Math.max(0, box.height - BOTTOM_STRIP - gap);
  const strip = { left: 0, top: main.height + gap, width: box.width, height: BOTTOM_STRIP };
  return { large: fill(count, main, gap), rest: placeStrip(others, strip, gap) };
}

/** The first fills the box, the second floats in its corner: two people on a phone. */
export function placeFloating(box: Box, gap: number): [Rect, Rect] {
  const width = Math.round(Math.min(132, box.width * 0.3));
  const height = Math.round((width * 4) / 3);
  return [
    { left: 0, top: 0, ...box },
    { left: box.width - width - gap, top: Math.max(0, box.height - height - gap), width, height },
  ];
}

/** Equal parts that leave nothing of the box over, in as many columns as makes them least narrow or flat. */
function fill(count: number, box: Rect, gap: number): Rect[] {
  const columns = bestColumns(count, box);
  const rows = Math.ceil(count / columns);
  const height = Math.max(0, (box.height - gap * (rows - 1)) / rows);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const width = Math.max(0, (box.width - gap * (inRow - 1)) / inRow);
    const left = box.left + (index - row * columns) * (width + gap);
    return { left, top: box.top + row * (height + gap), width, height };
  });
}

function bestColumns(count: number, { width, height }: Box): number {
  const distance = (columns: number) => {
    const shape = width / columns / Math.max(1, height / Math.ceil(count / columns));
    return Math.abs(Math.log(shape / WIDEST));
  };
  const all = Array.from({ length: Math.max(1, count) }, (_, index) => index + 1);
  return all.reduce((best, columns) => (distance(columns) < distance(best) ? columns : best), 1);
}

function placeFaces(count: number, box: Box, gap: number): Rect[] {
  const { columns, width, height } = tileStage(count, box.width, box.height, gap);
  const rows = Math.ceil(count / columns);
  const top = (box.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (box.width - inRow * width - (inRow - 1) * gap) / 2;
    return {
      left: left + (index - row * columns) * (width + gap),
      top: top + row * (height + gap),
      width,
      height,
    };
  });
}

/** A column or a row, whichever the strip is; many faces get smaller, so that none hides behind a scroll bar. */
function placeStrip(count: number, strip: Rect, gap: number): Rect[] {
  const isColumn = strip.height >= strip.width;
  const room = ((isColumn ? strip.height : strip.width) - gap * (count - 1)) / Math.max(1, count);
  const width = isColumn ? strip.width : Math.min(strip.height * WIDEST, room);
  const height = isColumn ? Math.min(strip.width / WIDEST, room) : strip.height;
  return Array.from({ length: count }, (_, index) => ({
    left: strip.left + (isColumn ? 0 : index * (width + gap)),
    top: strip.top + (isColumn ? index * (height + gap) : 0),
    width,
    height,
  }));
}

/**
 * The order of tiles: whoever was seen first stays first, also after leaving and coming back, so that nobody's tile ever jumps.
 */
export function keepOrder(known: readonly string[], present: readonly string[]): string[] {
  return [...known, ...present.filter((identity) => !known.includes(identity))];
}
