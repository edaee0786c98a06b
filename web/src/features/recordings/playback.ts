/**
 * Plays many media elements as one recording. The clock rules; each element follows it from its own offset on and is corrected
 * when it drifts; while one still loads, all wait. This is the shell around `playback-clock`: it owns the elements and the timer.
 */
import { correct, PlaybackClock } from "./playback-clock";

export interface TrackTiming {
  offset: number;
  duration: number;
}

export interface PlaybackSnapshot {
  position: number;
  duration: number;
  isPlaying: boolean;
  /** Someone pressed play, but a track still loads. */
  isWaiting: boolean;
  rate: number;
}

interface Attached extends TrackTiming {
  element: HTMLMediaElement;
  isNudging: boolean;
  waitingSince: number | null;
}

/** An element that cannot play for this long no longer holds the others up. */
const PATIENCE_S = 8;
/** A paused element shows the right picture when it is this close. */
const STILL_TOLERANCE_S = 0.02;
const PRELOAD_S = 2;
const TICK_MS = 100;

const now = () => performance.now() / 1000;

export class Playback {
  readonly #clock: PlaybackClock;
  readonly #attached = new Map<string, Attached>();
  readonly #listeners = new Set<() => void>();
  #snapshot: PlaybackSnapshot;
  #timer: number | undefined;

  constructor(duration: number) {
    this.#clock = new PlaybackClock(duration);
    this.#snapshot = this.#read();
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= window.setInterval(this.#tick, TICK_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        window.clearInterval(this.#timer);
        this.#timer = undefined;
      }
    };
  };

  readonly snapshot = (): PlaybackSnapshot => this.#snapshot;

  /** The exact position now; the snapshot is up to one tick older. */
  position(): number {
    return this.#clock.position(now());
  }

  attach(id: string, element: HTMLMediaElement, timing: TrackTiming): () => void {
    this.#attached.set(id, { element, ...timing, isNudging: false, waitingSince: null });
    for (const event of ["canplay", "seeked", "error"]) element.addEventListener(event, this.#tick);
    this.#tick();
    return () => {
      for (const event of ["canplay", "seeked", "error"]) element.removeEventListener(event, this.#tick);
      element.pause();
      this.#attached.delete(id);
    };
  }

  play(): void {
    this.#clock.play(now());
    this.#tick();
  }

  pause(): void {
    this.#clock.pause(now());
    this.#tick();
  }

  toggle(): void {
    if (this.#clock.isWanted) this.pause();
    else this.play();
  }

  seek(position: number): void {
    this.#clock.seek(position, now());
    for (const track of this.#attached.values()) {
      track.waitingSince = null;
      this.#place(track, this.position() - track.offset, STILL_TOLERANCE_S);
    }
    this.#tick();
  }

  setRate(rate: number): void {
    this.#clock.setRate(rate, now());
    for (const track of this.#attached.values()) {
      track.element.playbackRate = rate;
      track.isNudging = false;
    }
    this.#tick();
  }

  /** How far each playing element is from the clock, in seconds; for tests and support. */
  drifts(): Record<string, number> {
    const position = this.position();
    const drifts: Record<string, number> = {};
    for (const [id, track] of this.#attached) {
      if (!track.element.paused) drifts[id] = track.element.currentTime - (position - track.offset);
    }
    return drifts;
  }

  readonly #tick = (): void => {
    const at = now();
    const position = this.#clock.position(at);
    if (this.#clock.isWanted && position >= this.#clock.duration) this.#clock.pause(at);
    this.#clock.setStalled(this.#isSomeoneLoading(position, at), at);
    for (const track of this.#attached.values()) this.#follow(track, position - track.offset);
    this.#publish();
  };

  #isSomeoneLoading(position: number, at: number): boolean {
    let isLoading = false;
    for (const track of this.#attached.values()) {
      const local = position - track.offset;
      if (!isDue(track, local) || isReady(track.element)) {
        track.waitingSince = null;
        continue;
      }
      track.waitingSince ??= at;
      if (at - track.waitingSince < PATIENCE_S) isLoading = true;
    }
    return isLoading;
  }

  #follow(track: Attached, local: number): void {
    const { element } = track;
    if (!isDue(track, local)) {
      if (!element.paused) element.pause();
      // Ready at its first picture before its turn comes.
      if (local < 0 && local > -PRELOAD_S) this.#place(track, 0, STILL_TOLERANCE_S);
      return;
    }
    if (!this.#clock.isRunning) {
      if (!element.paused) element.pause();
      this.#place(track, local, this.#clock.isWanted ? 0.1 : STILL_TOLERANCE_S);
      return;
    }
    if (element.paused) {
      if (element.ended || !isReady(element)) return;
      this.#place(track, local, 0.1);
      element.playbackRate = this.#clock.rate;
      // A refused play leaves the element paused; the next tick tries again.
      element.play().catch(() => undefined);
      return;
    }
    this.#correct(track, local);
  }

  #correct(track: Attached, local: number): void {
    const { element } = track;
    if (element.seeking) return;
    const correction = correct(element.currentTime, local, this.#clock.rate, track.isNudging);
    track.isNudging = correction.kind === "nudge";
    if (correction.kind === "jump") this.#place(track, local, 0);
    else if (Math.abs(element.playbackRate - correction.rate) > 0.004) element.playbackRate = correction.rate;
  }

  #place(track: Attached, local: number, tolerance: number): void {
    const { element } = track;
    if (element.readyState === HTMLMediaElement.HAVE_NOTHING || element.seeking) return;
    const target = Math.min(Math.max(0, local), track.duration);
    if (Math.abs(element.currentTime - target) > tolerance) element.currentTime = target;
  }

  #read(): PlaybackSnapshot {
    return {
      position: this.position(),
      duration: this.#clock.duration,
      isPlaying: this.#clock.isWanted,
      isWaiting: this.#clock.isWanted && this.#clock.isStalled,
      rate: this.#clock.rate,
    };
  }

  #publish(): void {
    const next = this.#read();
    const last = this.#snapshot;
    const isSame = (Object.keys(next) as (keyof PlaybackSnapshot)[]).every((key) => next[key] === last[key]);
    if (isSame) return;
    this.#snapshot = next;
    for (const listener of this.#listeners) listener();
  }
}

function isDue(track: TrackTiming, local: number): boolean {
  return local >= 0 && local < track.duration;
}

function isReady(element: HTMLMediaElement): boolean {
  if (element.error !== null || element.ended) return true;
  if (element.seeking) return false;
  // At its very end an element never has the future.
  const isAtEnd = element.currentTime >= element.duration - 0.15;
  return (
    element.readyState >= (isAtEnd ? HTMLMediaElement.HAVE_CURRENT_DATA : HTMLMediaElement.HAVE_FUTURE_DATA)
  );
}
