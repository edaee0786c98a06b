/** From figures over time to the lines of a small chart. Pure. */

export interface Series {
  /** In the middle of each stretch of time: moment in ms, and the figure, if there is one. */
  points: readonly (readonly [number, number | null])[];
}

export const WIDTH = 240;
export const HEIGHT = 56;

/** An SVG path from left to right; it breaks off where there is no figure, and a lone one is a short dash. */
export function pathOf({ points }: Series, from: number, to: number, most: number): string {
  const length = Math.max(1, to - from);
  let isDrawing = false;
  let path = "";
  points.forEach(([moment, value], index) => {
    if (value === null) {
      isDrawing = false;
      return;
    }
    const x = round(((moment - from) / length) * WIDTH);
    const y = round(HEIGHT - (Math.min(value, most) / (most || 1)) * HEIGHT);
    const isLone = !isDrawing && (points[index + 1]?.[1] ?? null) === null;
    path += `${isDrawing ? "L" : "M"}${x} ${y}${isLone ? "h2" : ""}`;
    isDrawing = true;
  });
  return path;
}

/** The top of the axis: a round number at or above all figures (or the largest itself), at least `least`. */
export function topOf(series: readonly Series[], least: number, isRound = true): number {
  const most = Math.max(least, ...series.flatMap(({ points }) => points.map(([, value]) => value ?? 0)));
  if (!isRound) return most;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 3, 4, 5, 8, 10].map((step) => step * unit).find((step) => step >= most * 0.999) ?? most;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
