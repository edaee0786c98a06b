/**
 * The one clock that all tracks of a recording follow. It asks nobody for the time: `now` is always passed in, in seconds.
 * It stands still while it is paused, and also while a track still loads (a stall), so that no track ever plays ahead of another.
 */
export class PlaybackClock {
  readonly duration: number;
  #position = 0;
  #since = 0;
  #rate = 1;
  #isWanted = false;
  #isStalled = false;

  constructor(duration: number) {
    this.duration = Math.max(0, duration);
  }

  get rate(): number {
    return this.#rate;
  }

  /** Someone pressed play, whether or not all tracks are ready. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  get isStalled(): boolean {
    return this.#isStalled;
  }

  get isRunning(): boolean {
    return this.#isWanted && !this.#isStalled;
  }

  position(now: number): number {
    const moved = this.isRunning ? (now - this.#since) * this.#rate : 0;
    return Math.min(this.duration, Math.max(0, this.#position + moved));
  }

  play(now: number): void {
    // Play at the very end means: again from the start.
    if (this.position(now) >= this.duration) this.#position = 0;
    this.#change(now, () => {
      this.#isWanted = true;
    });
  }

  pause(now: number): void {
    this.#change(now, () => {
      this.#isWanted = false;
    });
  }

  seek(position: number, now: number): void {
    this.#position = Math.min(this.duration, Math.max(0, position));
    this.#since = now;
  }

  setRate(rate: number, now: number): void {
    this.#change(now, () => {
      this.#rate = rate;
    });
  }

  setStalled(isStalled: boolean, now: number): void {
    if (isStalled === this.#isStalled) return;
    this.#change(now, () => {
      this.#isStalled = isStalled;
    });
  }

  #change(now: number, change: () => void): void {
    this.#position = this.position(now);
    this.#since = now;
    change();
  }
}

/** Below this a track counts as exact; people notice lips from about 80 ms on. */
const EXACT_S = 0.012;
const NUDGE_S = 0.03;
const JUMP_S = 0.35;
const STRONGEST_NUDGE = 0.12;

export type Correction = { kind: "none" | "nudge"; rate: number } | { kind: "jump" };

/**
 * How one track comes back to the clock: a large error by a seek, a small one by playing slightly faster or slower, which nobody
 * hears. `wasNudging` gives it some inertia, so that a track is not left at the very edge of what is noticeable.
 */
export function correct(actual: number, target: number, rate: number, wasNudging: boolean): Correction {
  const error = actual - target;
  const size = Math.abs(error);
  if (size > JUMP_S * Math.max(1, rate)) return { kind: "jump" };
  if (size > (wasNudging ? EXACT_S : NUDGE_S)) {
    const nudge = Math.min(STRONGEST_NUDGE, size * 1.5);
    return { kind: "nudge", rate: rate * (1 - Math.sign(error) * nudge) };
  }
  return { kind: "none", rate };
}
