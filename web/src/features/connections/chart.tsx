import { HEIGHT, pathOf, type Series, topOf, WIDTH } from "./chart-lines";

export interface Line extends Series {
  name: string;
}

interface ChartProps {
  title: string;
  /** The first is drawn through, the second dashed. */
  lines: readonly Line[];
  from: number;
  to: number;
  /** How high the axis is at least, so that little does not look like much. */
  least: number;
  /** Whether it ends at a round number, else at the largest figure. */
  isRound?: boolean;
  say: (value: number) => string;
}

const LOOKS = [
  { stroke: "var(--primary)", dash: undefined },
  { stroke: "var(--muted-foreground)", dash: "4 3" },
];

/** One figure over the time of a call. What it shows is also said in words, for who does not see it. */
export function Chart({ title, lines, from, to, least, isRound, say }: ChartProps) {
  const most = topOf(lines, least, isRound);
  return (
    <figure className="min-w-0 rounded-lg border bg-card p-3">
      <figcaption className="flex items-baseline justify-between gap-3">
        <span className="font-medium text-[13px]">{title}</span>
        <span className="text-muted-foreground text-xs tabular-nums">{say(most)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${lines.map((line) => described(line, say)).join("; ")}`}
        className="mt-2 block h-14 w-full overflow-visible"
      >
        <path
          d={`M0 0H${WIDTH}M0 ${HEIGHT}H${WIDTH}`}
          stroke="var(--border)"
          vectorEffect="non-scaling-stroke"
        />
        {lines.map((line, index) => (
          <path
            key={line.name}
            d={pathOf(line, from, to, most)}
            fill="none"
            stroke={LOOKS[index]?.stroke}
            strokeDasharray={LOOKS[index]?.dash}
            strokeWidth="1.5"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-0.5 text-muted-foreground text-xs">
        {lines.map((line, index) => (
          <li key={line.name} className="flex items-center gap-1.5">
            <svg viewBox="0 0 16 2" aria-hidden="true" className="h-0.5 w-4 shrink-0">
              <path
                d="M0 1H16"
                stroke={LOOKS[index]?.stroke}
                strokeDasharray={LOOKS[index]?.dash}
                strokeWidth="2"
              />
            </svg>
            {described(line, say)}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** "received up to 12 %, at last 3 %". */
function described({ name, points }: Line, say: (value: number) => string): string {
  const values = points.map(([, value]) => value).filter((value) => value !== null);
  const last = values.at(-1);
  if (last === undefined) return `${name}: none`;
  return `${name}: up to ${say(Math.max(...values))}, last ${say(last)}`;
}
