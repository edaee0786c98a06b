/**
 * One person's stay in a call: takes a seat, connects, publishes, and comes back by itself when the line or the server fails.
 * It owns the media library's Room; React only sees its snapshots. A seat is asked for anew on every way in, so that no
 * token has to live longer than a few minutes.
 */

import {
  ConnectionState,
  DisconnectReason,
  type LocalAudioTrack,
  type LocalTrack,
  type LocalTrackPublication,
  type LocalVideoTrack,
  Room,
  RoomEvent,
  Track,
  type TrackPublication,
} from "livekit-client";
import { pause } from "@/lib/pause";
import { watchCamera } from "./camera-watch";
import { type DeviceKind, type DeviceProblem, problemOf, type SourceKind } from "./device-problems";
import type { LobbyPlace } from "./lobby-connection";
import type { Sending } from "./memory";
import { type Person, peopleOf } from "./people";
import { cameraCapture, microphoneCapture, process } from "./processing";
import { isServerFull } from "./refusal";
import { followChoices, roomOptions, SCREEN_CAPTURE, SCREEN_PUBLISHING } from "./room-options";

export interface Seat {
  url: string;
  token: string;
  /** What stood in the lobby is in the call; the token is for later. */
  is_moved: boolean;
}

/** `resuming`: only the signalling is away, pictures and sound go on. `rejoining`: everything is built anew. */
export type Connection = "joining" | "connected" | "resuming" | "reconnecting" | "rejoining" | "over";

export type Departure = "left" | "ended" | "removed" | "elsewhere" | "refused";

export interface CallSnapshot {
  connection: Connection;
  departure: Departure | undefined;
  /** What refused the seat, for `refused`. */
  refusal: unknown;
  /** Too many people are in calls on this server; the next tries go on. */
  isServerFull: boolean;
  people: Person[];
  isRecording: boolean;
  wasRecorded: boolean;
  canHear: boolean;
  sending: Sending & { screen: boolean };
  busy: { microphone: boolean; camera: boolean; screen: boolean };
  deviceProblem: { device: SourceKind; problem: DeviceProblem } | undefined;
  isMicrophoneSilent: boolean;
  /** What was switched off from elsewhere since the person last said something about it. */
  stopped: readonly SourceKind[];
  startedAt: number | undefined;
  /** How far the server's clock is ahead of this machine's. */
  clockOffsetMs: number;
}

export interface LocalTracks {
  microphone?: LocalAudioTrack | undefined;
  camera?: LocalVideoTrack | undefined;
}

export interface CallDoor {
  /** Asks the server for a seat, and to be moved to it from the lobby of that name. */
  takeSeat: (lobby: string | undefined) => Promise<Seat>;
  /** What a failure to get a seat means, if it is final. */
  departureOf: (error: unknown) => Departure | undefined;
  onSending: (sending: Sending) => void;
  onOver: () => void;
}

const SILENCE_MS = 8000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/* Not CLIENT_INITIATED: leaving by the button is known without it, and the library gives that reason also when the page goes
   away, which may be a refresh or come back from the browser's cache. */
const FINAL_REASONS = new Map<DisconnectReason | undefined, Departure>([
  [DisconnectReason.DUPLICATE_IDENTITY, "elsewhere"],
  [DisconnectReason.PARTICIPANT_REMOVED, "removed"],
  [DisconnectReason.ROOM_DELETED, "ended"],
]);

const WATCHED = [
  RoomEvent.ConnectionStateChanged,
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.TrackStreamStateChanged,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ConnectionQualityChanged,
  RoomEvent.RecordingStatusChanged,
  RoomEvent.AudioPlaybackStatusChanged,
] as const;

let sessions = 0;

export class CallSession {
  /** Tells one stay from the next. */
  readonly id = ++sessions;
  room: Room;
  readonly #door: CallDoor;
  readonly #listeners = new Set<() => void>();
  #tracks: LocalTracks;
  /** A connection that stands already, for the first way in. */
  #lobby: LobbyPlace | undefined;
  #sending: Sending;
  #order: string[] = [];
  #snapshot: CallSnapshot;
  /** The moment of the first join by both clocks. */
  #joinedAt: { server: number; here: number } | undefined;
  /** What is being shown of the screen. */
  #shared: LocalTrack[] = [];
  readonly #unwatchCamera: () => void;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(door: CallDoor, sending: Sending, tracks: LocalTracks = {}, lobby?: LobbyPlace) {
    this.#door = door;
    this.#sending = sending;
    this.#tracks = tracks;
    this.#lobby = lobby;
    this.room = this.#newRoom();
    this.#snapshot = {
      connection: "joining",
      departure: undefined,
      refusal: undefined,
      isServerFull: false,
      people: [],
      isRecording: false,
      wasRecorded: false,
      canHear: true,
      sending: { ...sending, screen: false },
      busy: { microphone: false, camera: false, screen: false },
      deviceProblem: undefined,
      isMicrophoneSilent: false,
      stopped: [],
      startedAt: undefined,
      clockOffsetMs: 0,
    };
    window.addEventListener("online", this.retryNow);
    this.#unwatchCamera = watchCamera(
      () => this.#trackOf(Track.Source.Camera) as LocalVideoTrack | undefined,
      (isStill) => this.#noteStillCamera(isStill),
      (error) => this.#noteDeviceProblem("camera", error),
    );
    void this.#stay();
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): CallSnapshot => this.#snapshot;

  /** What the person wants to send, whatever the line lets through. */
  get wanted(): Sending {
    return this.#sending;
  }

  /** Skips the pause before the next try. */
  readonly retryNow = (): void => this.#wake?.();

  async leave(): Promise<void> {
    this.#end("left");
    await this.room.disconnect();
  }

  async setMicrophone(isOn: boolean): Promise<void> {
    await this.#setDevice("microphone", isOn, () => this.room.localParticipant.setMicrophoneEnabled(isOn));
  }

  async setCamera(isOn: boolean): Promise<void> {
    await this.#setDevice("camera", isOn, () => this.room.localParticipant.setCameraEnabled(isOn));
  }

  async setScreen(isOn: boolean): Promise<void> {
    this.#update({ busy: { ...this.#snapshot.busy, screen: true } });
    try {
      await this.room.localParticipant.setScreenShareEnabled(isOn, SCREEN_CAPTURE, SCREEN_PUBLISHING);
      const sources = [Track.Source.ScreenShare, Track.Source.ScreenShareAudio];
      this.#shared = isOn ? sources.flatMap((source) => this.#trackOf(source) ?? []) : [];
    } catch (error) {
      // Closing the browser's picker is an answer, not a failure.
      const problem = problemOf(error);
      if (problem !== "denied" && problem !== "dismissed") this.#noteDeviceProblem("screen", error);
    } finally {
      this.#update({ busy: { ...this.#snapshot.busy, screen: false } });
      this.#refresh();
    }
  }

  async switchDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    try {
      await this.room.switchActiveDevice(kind, deviceId);
    } catch (error) {
      if (kind === "audiooutput") return;
      this.#update({
        deviceProblem: { device: kind === "audioinput" ? "microphone" : "camera", problem: problemOf(error) },
      });
    }
  }

  get cameraTrack(): MediaStreamTrack | undefined {
    return this.#trackOf(Track.Source.Camera)?.mediaStreamTrack;
  }

  /** After the person chose what the browser does to sound and picture. */
  async followProcessing(): Promise<void> {
    this.room.options.audioCaptureDefaults = microphoneCapture();
    this.room.options.videoCaptureDefaults = cameraCapture();
    await process(this.#trackOf(Track.Source.Microphone));
    await process(this.#trackOf(Track.Source.Camera));
  }

  dismissDeviceProblem(): void {
    this.#update({ deviceProblem: undefined, isMicrophoneSilent: false, stopped: [] });
  }

  /** Must run in a click: browsers let sound start only then. */
  async hear(): Promise<void> {
    await this.room.startAudio();
    this.#refresh();
  }

  async #stay(): Promise<void> {
    for (let attempt = 0; !this.#isOver; attempt += 1) {
      let seat: Seat | undefined;
      try {
        seat = await this.#takeSeat();
        if (this.#isOver) return;
        const disconnected = nextDisconnect(this.room);
        if (this.room.state !== ConnectionState.Connected) await this.room.connect(seat.url, seat.token);
        attempt = 0;
        this.#update({ isServerFull: false });
        await this.#publish();
        this.#depart(await disconnected);
      } catch (error) {
        const departure = this.#door.departureOf(error);
        if (departure !== undefined) this.#end(departure, error);
        this.#update({ isServerFull: await isServerFull(error, seat) });
      }
      if (this.#isOver) return;
      this.#update({ connection: this.#snapshot.connection === "joining" ? "joining" : "rejoining" });
      await this.#pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0);
      this.room.removeAllListeners();
      void this.room.disconnect();
      this.room = this.#newRoom();
    }
  }

  /** Whoever stands in the lobby is then inside; the lobby's connection is the call's from here on, or ends. */
  async #takeSeat(): Promise<Seat> {
    const lobby = this.#lobby;
    this.#lobby = undefined;
    try {
      const seat = await this.#door.takeSeat(lobby?.name);
      if (lobby !== undefined && seat.is_moved && (await lobby.isMoved()) && !this.#isOver) {
        this.room.removeAllListeners();
        this.room = this.#follow(lobby.room);
        followChoices(this.room);
        this.#refresh();
      }
      return seat;
    } finally {
      if (this.room !== lobby?.room) void lobby?.room.disconnect();
    }
  }

  #depart(reason: DisconnectReason | undefined): void {
    const departure = FINAL_REASONS.get(reason);
    if (departure !== undefined) this.#end(departure);
  }

  #newRoom(): Room {
    return this.#follow(new Room(roomOptions()));
  }

  #follow(room: Room): Room {
    for (const event of WATCHED) room.on(event, this.#refresh);
    room.on(RoomEvent.TrackMuted, (publication, { isLocal }) => isLocal && this.#noteStopped(publication));
    room.on(RoomEvent.Reconnected, () => void this.#publishLost());
    room.on(RoomEvent.LocalAudioSilenceDetected, (publication) => void this.#checkSilence(publication));
    return room;
  }

  /** The tracks of the device check are used once; whoever comes back opens the devices anew. */
  async #publish(): Promise<void> {
    const { microphone, camera } = this.#tracks;
    this.#tracks = {};
    const me = this.room.localParticipant;
    const publish = async (device: DeviceKind, track: LocalAudioTrack | LocalVideoTrack | undefined) => {
      if (!this.#sending[device]) {
        track?.stop();
        return;
      }
      try {
        if (track !== undefined) await me.publishTrack(track);
        else if (device === "camera") await me.setCameraEnabled(true);
        else await me.setMicrophoneEnabled(true);
      } catch (error) {
        track?.stop();
        this.#noteDeviceProblem(device, error);
      }
    };
    await Promise.all([publish("microphone", microphone), publish("camera", camera)]);
    this.#refresh();
  }

  /** The library publishes everything again on a new connection, but only once: if that one broke too, something is missing. */
  async #publishLost(): Promise<void> {
    const { localParticipant: me } = this.room;
    const isLost = (track: LocalTrack) =>
      track.mediaStreamTrack.readyState === "live" && this.#trackOf(track.source) === undefined;
    try {
      await Promise.all(
        this.#shared.filter(isLost).map((track) => me.publishTrack(track, SCREEN_PUBLISHING)),
      );
    } catch (error) {
      this.#noteDeviceProblem("screen", error);
    }
    await this.#publish();
  }

  async #setDevice(device: DeviceKind, isOn: boolean, change: () => Promise<unknown>): Promise<void> {
    if (this.#snapshot.busy[device]) return;
    this.#update({
      busy: { ...this.#snapshot.busy, [device]: true },
      deviceProblem: undefined,
      isMicrophoneSilent: false,
      stopped: [],
    });
    this.#sending = { ...this.#sending, [device]: isOn };
    try {
      await change();
    } catch (error) {
      this.#sending = { ...this.#sending, [device]: false };
      this.#noteDeviceProblem(device, error);
    }
    this.#door.onSending(this.#sending);
    this.#update({ busy: { ...this.#snapshot.busy, [device]: false } });
    this.#refresh();
  }

  #noteDeviceProblem(device: SourceKind, error: unknown): void {
    // A line that breaks while publishing is not the device's fault; the library publishes again once it is back.
    if (this.room.state !== ConnectionState.Connected) return;
    this.#update({ deviceProblem: { device, problem: problemOf(error) } });
  }

  #noteStillCamera(isStill: boolean): void {
    if (isStill) this.#update({ deviceProblem: { device: "camera", problem: "still" } });
    else if (this.#snapshot.deviceProblem?.problem === "still") this.#update({ deviceProblem: undefined });
  }

  #trackOf(source: Track.Source): LocalTrack | undefined {
    return this.room.localParticipant.getTrackPublication(source)?.track;
  }

  /** Muted, but not by this person: it stays so when the line comes back, until they go on themselves. */
  #noteStopped({ source }: TrackPublication): void {
    if (source === Track.Source.ScreenShare) {
      if (this.#snapshot.busy.screen) return;
      void this.room.localParticipant.setScreenShareEnabled(false);
      this.#noteStoppedSource("screen");
      return;
    }
    const device = source === Track.Source.Microphone ? "microphone" : "camera";
    if (!this.#sending[device]) return;
    this.#sending = { ...this.#sending, [device]: false };
    this.#door.onSending(this.#sending);
    this.#noteStoppedSource(device);
  }

  #noteStoppedSource(source: SourceKind): void {
    const others = this.#snapshot.stopped.filter((each) => each !== source);
    this.#update({ stopped: [...others, source] });
  }

  /** The library listens for a moment only, in which people may just be quiet; a dead microphone stays dead. */
  async #checkSilence({ track }: LocalTrackPublication): Promise<void> {
    const before = await capturedEnergy(track);
    await pause(SILENCE_MS);
    const after = await capturedEnergy(track);
    const isSilent = before !== undefined && before === after;
    if (isSilent && !this.#isOver && this.#snapshot.sending.microphone)
      this.#update({ isMicrophoneSilent: true });
  }

  async #pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = window.setTimeout(resolve, milliseconds);
      this.#wake = () => {
        window.clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #end(departure: Departure, refusal?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const track of Object.values(this.#tracks)) track?.stop();
    this.#tracks = {};
    window.removeEventListener("online", this.retryNow);
    this.#unwatchCamera();
    this.#door.onOver();
    this.#update({ connection: "over", departure, refusal });
    this.#wake?.();
  }

  readonly #refresh = (): void => {
    const { room } = this;
    const connection = this.#isOver ? "over" : connectionOf(room.state, this.#snapshot.connection);
    if (connection !== "connected" && connection !== "resuming") {
      // The last people stay on the screen until the call is back.
      this.#update({ connection });
      return;
    }
    const { people, order } = peopleOf(room, this.#order);
    this.#order = order;
    const joined = people.flatMap((person) => person.joinedAt ?? []);
    const myJoin = room.localParticipant.joinedAt?.getTime();
    if (this.#joinedAt === undefined && myJoin !== undefined)
      this.#joinedAt = { server: myJoin, here: Date.now() };
    const earliest = Math.min(...joined, this.#snapshot.startedAt ?? Number.POSITIVE_INFINITY);
    this.#update({
      connection,
      people: room.localParticipant.identity === "" ? this.#snapshot.people : people,
      isRecording: room.isRecording,
      wasRecorded: this.#snapshot.wasRecorded || room.isRecording,
      canHear: room.canPlaybackAudio,
      sending: {
        microphone: room.localParticipant.isMicrophoneEnabled,
        camera: room.localParticipant.isCameraEnabled,
        screen: room.localParticipant.isScreenShareEnabled,
      },
      startedAt: Number.isFinite(earliest) ? earliest : undefined,
      clockOffsetMs: offsetOf(this.#joinedAt),
    });
  };

  #update(change: Partial<CallSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const WORTH_CORRECTING_MS = 5000;

/** Entering takes a moment, so a small difference says nothing; a clock that is set wrongly is minutes off. */
function offsetOf(joined: { server: number; here: number } | undefined): number {
  const offset = joined === undefined ? 0 : joined.server - joined.here;
  return Math.abs(offset) < WORTH_CORRECTING_MS ? 0 : offset;
}

function connectionOf(state: ConnectionState, last: Connection): Connection {
  switch (state) {
    case ConnectionState.Connected:
      return "connected";
    case ConnectionState.SignalReconnecting:
      return "resuming";
    case ConnectionState.Reconnecting:
      return "reconnecting";
    case ConnectionState.Connecting:
    case ConnectionState.Disconnected:
      return last === "joining" ? "joining" : "rejoining";
  }
}

async function capturedEnergy(track: LocalTrack | undefined): Promise<number | undefined> {
  const report = await track?.getRTCStatsReport();
  for (const entry of report?.values() ?? []) {
    if (entry.type === "media-source") return entry.totalAudioEnergy;
  }
  return undefined;
}

function nextDisconnect(room: Room): Promise<DisconnectReason | undefined> {
  return new Promise((resolve) => room.once(RoomEvent.Disconnected, resolve));
}
