/** What this browser remembers: chosen devices (across visits) and being in a call (across a refresh of this tab). */

export interface DeviceChoice {
  microphoneId?: string;
  cameraId?: string;
  speakerId?: string;
  microphoneOn: boolean;
  cameraOn: boolean;
}

/** What the browser does to sound and picture before they are sent. */
export interface Processing {
  noiseSuppression: boolean;
  echoCancellation: boolean;
  autoGainControl: boolean;
  backgroundBlur: boolean;
}

/** What a person was sending when the page went away. */
export interface Sending {
  microphone: boolean;
  camera: boolean;
}

const PROCESSING_KEY = "interview-stream.processing";
const LAYOUT_KEY = "interview-stream.layout";
const DEVICES_KEY = "interview-stream.devices";
const inCallKey = (interviewId: string) => `interview-stream.in-call.${interviewId}`;

export function rememberedDevices(): DeviceChoice {
  return {
    microphoneOn: true,
    cameraOn: true,
    ...read<Partial<DeviceChoice>>(() => localStorage, DEVICES_KEY),
  };
}

export function rememberDevices(change: Partial<DeviceChoice>): void {
  write(() => localStorage, DEVICES_KEY, { ...rememberedDevices(), ...change });
}

export function rememberedCall(interviewId: string): Sending | undefined {
  return read<Sending>(() => sessionStorage, inCallKey(interviewId));
}

export function rememberCall(interviewId: string, sending: Sending): void {
  write(() => sessionStorage, inCallKey(interviewId), sending);
}

export function forgetCall(interviewId: string): void {
  write(() => sessionStorage, inCallKey(interviewId), undefined);
}

export function rememberedProcessing(): Processing {
  return {
    noiseSuppression: true,
    echoCancellation: true,
    autoGainControl: true,
    backgroundBlur: false,
    ...read<Partial<Processing>>(() => localStorage, PROCESSING_KEY),
  };
}

export function rememberProcessing(change: Partial<Processing>): void {
  write(() => localStorage, PROCESSING_KEY, { ...rememberedProcessing(), ...change });
}

/** How the stage is laid out; the same in every call of this browser. */
export function rememberedLayout(): string | undefined {
  return read<string>(() => localStorage, LAYOUT_KEY);
}

export function rememberLayout(layout: string): void {
  write(() => localStorage, LAYOUT_KEY, layout);
}

/** What only this tab needs again after a refresh, by a key of the call's own. */
export function readStored<Value>(key: string): Value | undefined {
  return read<Value>(() => sessionStorage, `interview-stream.${key}`);
}

export function writeStored(key: string, value: unknown): void {
  write(() => sessionStorage, `interview-stream.${key}`, value);
}

/* Storage may be switched off (private windows, policies); then nothing is remembered and everything else works. */

function read<Value>(storage: () => Storage, key: string): Value | undefined {
  try {
    const text = storage().getItem(key);
    return text === null ? undefined : (JSON.parse(text) as Value);
  } catch {
    return undefined;
  }
}

function write(storage: () => Storage, key: string, value: unknown): void {
  try {
    if (value === undefined) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify(value));
  } catch {
    // Nothing is remembered.
  }
}
