import { levelName } from "./levels";

/** Four bars as well as the word, so that a column can be read at a glance and without colours. */
export function LevelMark({ level }: { level: number | null }) {
  if (level === null) return <span className="text-muted-foreground">Not seen</span>;
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span className="flex gap-0.5" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <span
            key={bar}
            className={`h-3 w-1.5 rounded-sm ${bar <= level ? "bg-foreground" : "bg-secondary"}`}
          />
        ))}
      </span>
      {levelName(level)}
    </span>
  );
}
