/** Sound in a page: a tone to sing, and an ear that names the strongest tone. */
import { current, onConnection } from "./connection.ts";
import type { Heard } from "./phone.ts";

let context: AudioContext | undefined;
let ear: AnalyserNode | undefined;
/** COMPAT Chromium: a remote track sounds in WebAudio only while a media element plays it too. */
const elements: HTMLAudioElement[] = [];

async function running(): Promise<AudioContext> {
  context ??= new AudioContext();
  await context.resume();
  return context;
}

export async function sing(hertz: number): Promise<MediaStream> {
  const audio = await running();
  const tone = new OscillatorNode(audio, { frequency: hertz });
  const out = audio.createMediaStreamDestination();
  tone.connect(new GainNode(audio, { gain: 0.5 })).connect(out);
  tone.start();
  return out.stream;
}

async function hear(track: MediaStreamTrack): Promise<void> {
  const stream = new MediaStream([track]);
  const element = new Audio();
  Object.assign(element, { muted: true, srcObject: stream });
  elements.push(element);
  void element.play().catch(() => {});
  const audio = await running();
  ear = new AnalyserNode(audio, { fftSize: 8192, smoothingTimeConstant: 0 });
  audio.createMediaStreamSource(stream).connect(ear);
}

onConnection((connection) => {
  ear = undefined;
  connection.addEventListener("track", ({ track }) => {
    if (track.kind === "audio") void hear(track);
  });
});

export async function heard(): Promise<Heard> {
  const connection = current();
  let packets = 0;
  const reports = connection?.connectionState === "closed" ? undefined : await connection?.getStats();
  reports?.forEach((report: { type: string; packetsReceived?: number }) => {
    if (report.type === "inbound-rtp") packets += report.packetsReceived ?? 0;
  });
  const { connectionState = "none", iceConnectionState = "none" } = connection ?? {};
  return { ...strongest(), packets, connection: connectionState, ice: iceConnectionState };
}

function strongest(): { hertz: number; decibel: number } {
  if (!ear || !context) return { hertz: 0, decibel: Number.NEGATIVE_INFINITY };
  const spectrum = new Float32Array(ear.frequencyBinCount);
  ear.getFloatFrequencyData(spectrum);
  const decibel = Math.max(...spectrum);
  return { hertz: Math.round((spectrum.indexOf(decibel) * context.sampleRate) / ear.fftSize), decibel };
}

/** Presses a key in the call. */
export async function press(key: string): Promise<void> {
  const sender = current()
    ?.getSenders()
    .find(({ dtmf }) => dtmf?.canInsertDTMF);
  if (!sender?.dtmf) throw new Error("no key can be pressed in this call");
  sender.dtmf.insertDTMF(key, 120, 80);
}
