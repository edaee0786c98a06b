/** Shows that a microphone hears something, without a word of explanation. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { cn } from "@/lib/cn";

const BARS = Array.from({ length: 20 }, (_, index) => index);
/** Speech at arm's length reaches about -30 dB; below -60 dB is the noise of a quiet room. */
const QUIET_DB = -60;
const LOUD_DB = -12;
const HEARD_LEVEL = 0.25;

interface MicMeterProps {
  track: MediaStreamTrack | undefined;
  className?: string;
}

export function MicMeter({ track, className }: MicMeterProps) {
  const bars = useRef<HTMLDivElement>(null);
  const hasSpoken = useMeter(track, bars);
  return (
    <div className={cn("flex items-center gap-3", className)}>
      {/* The words beside it say the same to screen readers. */}
      <div ref={bars} aria-hidden className="flex h-2.5 flex-1 items-center gap-[3px]">
        {BARS.map((bar) => (
          <span
            key={bar}
            className="h-full flex-1 rounded-[2px] bg-border transition-colors duration-75 data-lit:bg-live"
          />
        ))}
      </div>
      <span className="w-24 shrink-0 text-right text-muted-foreground text-xs" aria-live="polite">
        {track === undefined ? "Off" : hasSpoken ? "We hear you" : "Say something"}
      </span>
    </div>
  );
}

/** Paints the bars past React, many times a second; returns whether anything was heard yet. */
function useMeter(track: MediaStreamTrack | undefined, bars: RefObject<HTMLDivElement | null>): boolean {
  const [heard, setHeard] = useState<MediaStreamTrack>();
  useEffect(() => {
    if (track === undefined) return;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let shown = 0;
    let frame = 0;
    const paint = () => {
      analyser.getFloatTimeDomainData(samples);
      const level = levelOf(samples);
      shown = Math.max(level, shown * 0.9);
      if (level > HEARD_LEVEL) setHeard(track);
      paintBars(bars.current, shown);
      frame = requestAnimationFrame(paint);
    };
    paint();
    // Browsers keep sound off until the page was touched once.
    const wake = () => {
      // Refused when the meter goes away first, as it does when that touch was on "Join".
      context.resume().catch(() => undefined);
    };
    document.addEventListener("pointerdown", wake);
    document.addEventListener("keydown", wake);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("pointerdown", wake);
      document.removeEventListener("keydown", wake);
      void context.close();
      paintBars(bars.current, 0);
    };
  }, [track, bars]);
  return track !== undefined && heard === track;
}

function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.min(1, Math.max(0, (decibels - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

function paintBars(meter: HTMLDivElement | null, level: number): void {
  if (meter === null) return;
  for (const [index, bar] of [...meter.children].entries())
    bar.toggleAttribute("data-lit", index < Math.round(level * BARS.length));
}
