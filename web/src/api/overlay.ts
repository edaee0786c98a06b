/**
 * What a person has just done, laid over what the server said last, until the server says it too.
 *
 * No socket and no cache: `shown` gives what is to be on screen. A change that is refused is taken off, and what the
 * server says is there again; one that was done stays until the next answer, which holds it.
 */

export type Change = (value: unknown) => unknown;

interface Layer {
  change: Change;
  isDone: boolean;
}

export class Overlay {
  private readonly said = new Map<string, unknown>();
  private readonly layers = new Map<string, Layer[]>();

  /** The server's newest answer; returns what is to be shown. */
  answered(key: string, value: unknown): unknown {
    this.said.set(key, value);
    const waiting = (this.layers.get(key) ?? []).filter(({ isDone }) => !isDone);
    this.keep(key, waiting);
    return this.shown(key);
  }

  /** Lays a change over what is known of `key` (`current`, where the server has not answered through here). */
  add(key: string, current: unknown, change: Change): Layer {
    if (!this.said.has(key)) this.said.set(key, current);
    const layer = { change, isDone: false };
    this.layers.set(key, [...(this.layers.get(key) ?? []), layer]);
    return layer;
  }

  /** It was done: the next answer has it. */
  done(layer: Layer): void {
    layer.isDone = true;
  }

  /** It was refused; returns what is to be shown now. */
  undo(key: string, layer: Layer): unknown {
    this.keep(
      key,
      (this.layers.get(key) ?? []).filter((each) => each !== layer),
    );
    return this.shown(key);
  }

  shown(key: string): unknown {
    return (this.layers.get(key) ?? []).reduce<unknown>(
      (value, { change }) => change(value),
      this.said.get(key),
    );
  }

  forget(): void {
    this.said.clear();
    this.layers.clear();
  }

  private keep(key: string, layers: Layer[]): void {
    if (layers.length > 0) this.layers.set(key, layers);
    else this.layers.delete(key);
  }
}
