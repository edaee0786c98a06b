/** What is shown until the call stands: at first that it comes, then what may be in its way. */
import { NO_WAY_ADVICE } from "./line-verdict";
import { useLasting } from "./use-lasting";

/** Longer than the browser takes to fall back to TCP, and a second try. */
const LONG_MS = 15_000;

export function Connecting() {
  const isLong = useLasting(true, LONG_MS);
  return (
    <div className="absolute inset-0 grid place-items-center p-6" role="status">
      <div className="flex flex-col items-center gap-4 text-muted-foreground">
        <span className="flex gap-1.5" aria-hidden>
          {[0, 150, 300].map((delay) => (
            <span
              key={delay}
              className="size-2 animate-pulse rounded-full bg-live"
              style={{ animationDelay: `${delay}ms` }}
            />
          ))}
        </span>
        Connecting you to the call…
        {isLong && (
          <div className="max-w-sm space-y-1 text-center text-sm leading-6" data-testid="no-way-through">
            <p className="font-medium text-foreground">This takes longer than usual</p>
            <p>Perhaps video cannot get through from this network. {NO_WAY_ADVICE} We go on trying.</p>
          </div>
        )}
      </div>
    </div>
  );
}
