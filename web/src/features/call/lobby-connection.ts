/**
 * What stands before the call: a page that gets ready is connected to the media engine already, in a room where nobody else is,
 * and is moved from there into the call. It only ever saves time: one joins without it as well, so nothing that is wrong with it
 * is spoken of.
 */
import { ConnectionState, Room, RoomEvent } from "livekit-client";
import type { Lobby } from "@/api/types";
import { pause } from "@/lib/pause";
import { roomOptions } from "./room-options";

const TRIES = 2;
const RETRY_MS = 3000;
const MOVED_WITHIN_MS = 3000;

export class LobbyConnection {
  #place: LobbyPlace | undefined;
  #room: Room | undefined;
  #isOver = false;

  constructor(ask: () => Promise<Lobby | null>) {
    void this.#stay(ask);
  }

  /** For whoever goes in now, in a click: browsers hold back the sound of what was connected without one. */
  handOver(): LobbyPlace | undefined {
    // Nobody waits for one that does not stand.
    const place = this.#room?.state === ConnectionState.Connected ? this.#place : undefined;
    if (place !== undefined) this.#room = undefined;
    this.end();
    void place?.room.startAudio().catch(() => undefined);
    return place;
  }

  end(): void {
    this.#isOver = true;
    void this.#room?.disconnect();
    this.#room = undefined;
  }

  async #stay(ask: () => Promise<Lobby | null>): Promise<void> {
    for (let tries = 0; tries < TRIES && !this.#isOver; tries += 1) {
      if (tries > 0) await pause(RETRY_MS);
      try {
        const lobby = this.#isOver ? null : await ask();
        if (lobby === null || this.#isOver) return;
        await this.#connect(lobby);
      } catch {
        // The server or the engine is away, or this was done too often.
      }
    }
  }

  /** Until the connection is lost for good. */
  async #connect({ url, token, lobby }: Lobby): Promise<void> {
    const room = new Room(roomOptions());
    const place = new LobbyPlace(lobby, room);
    const isGone = new Promise((resolve) => room.once(RoomEvent.Disconnected, resolve));
    this.#room = room;
    await room.connect(url, token);
    this.#place = place;
    await isGone;
  }
}

/** An open connection, to be moved into the call once. */
export class LobbyPlace {
  readonly #moved: Promise<boolean>;

  constructor(
    readonly name: string,
    readonly room: Room,
  ) {
    // From the beginning: the engine may say it before the server has answered.
    this.#moved = new Promise((resolve) => {
      room.once(RoomEvent.Moved, () => resolve(true));
      room.once(RoomEvent.Disconnected, () => resolve(false));
    });
  }

  /** Once the server has said that it is. */
  isMoved(): Promise<boolean> {
    return Promise.race([this.#moved, pause(MOVED_WITHIN_MS).then(() => false)]);
  }
}
