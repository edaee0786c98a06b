/** A short friendly sound for trying a speaker, made on the spot. */

const NOTES: readonly [startS: number, hertz: number][] = [
  [0, 523.25],
  [0.16, 659.25],
  [0.32, 783.99],
];
const LENGTH_S = 1;

export async function playTestSound(speakerId: string | undefined): Promise<void> {
  const context = new AudioContext();
  const output = context.createMediaStreamDestination();
  for (const [start, hertz] of NOTES) {
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
  await element.play();
  await new Promise((resolve) => window.setTimeout(resolve, LENGTH_S * 1000));
  element.srcObject = null;
  await context.close();
}
