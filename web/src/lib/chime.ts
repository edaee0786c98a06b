/** Short friendly sounds, made on the spot: for trying a speaker, and when somebody knocks. */
import { pause } from "@/lib/pause";

type Notes = readonly [startS: number, hertz: number][];

const RISING: Notes = [
  [0, 523.25],
  [0.16, 659.25],
  [0.32, 783.99],
];
const KNOCK: Notes = [
  [0, 587.33],
  [0.14, 880],
];
const LENGTH_S = 1;

export function playTestSound(speakerId: string | undefined): Promise<void> {
  return play(RISING, speakerId);
}

/** Browsers stay silent before the first click on a page; then there is only what can be seen. */
export function playKnock(speakerId: string | undefined): Promise<void> {
  return play(KNOCK, speakerId).catch(() => undefined);
}

async function play(notes: Notes, speakerId: string | undefined): Promise<void> {
  const context = new AudioContext();
  const output = context.createMediaStreamDestination();
  for (const [start, hertz] of notes) {
    const tone = new OscillatorNode(context, { frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    const at = context.currentTime + start;
    volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
    tone.connect(volume).connect(output);
    tone.start(at);
    tone.stop(at + 0.5);
  }
  // An element, because only elements can play on a chosen speaker in every browser.
  const element = new Audio();
  element.srcObject = output.stream;
  if (speakerId !== undefined && "setSinkId" in element)
    await element.setSinkId(speakerId).catch(() => undefined);
  try {
    await element.play();
    await pause(LENGTH_S * 1000);
  } finally {
    element.srcObject = null;
    await context.close();
  }
}
