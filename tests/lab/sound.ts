/** What tone is in a recording: the last half second of 16 bit samples, the pitch by how often they cross zero upward. */
import { readFileSync } from "node:fs";

export interface Sound {
  /** How long the recording is by now. */
  readonly seconds: number;
  readonly hertz: number;
  /** Root mean square, of 1. */
  readonly loudness: number;
}

/** What raw samples are. */
const RAW = { rate: 48_000, header: 0 } as const;

/** Reads a WAV file that may still grow, or raw samples of so many channels at 48 kHz; of several channels the first. */
export function soundOf(file: string, ofRaw: number): Sound {
  const bytes = readFileSync(file);
  const { rate, channels, header } =
    bytes.toString("latin1", 0, 4) === "RIFF" ? waveOf(bytes) : { ...RAW, channels: ofRaw };
  const frames = Math.floor((bytes.length - header) / (2 * channels));
  const sample = (frame: number): number => bytes.readInt16LE(header + 2 * channels * frame) / 32_768;
  const first = Math.max(0, frames - rate / 2);
  let [crossings, squares] = [0, 0];
  for (let frame = first; frame < frames; frame++) {
    const now = sample(frame);
    squares += now * now;
    if (frame > first && now >= 0 && sample(frame - 1) < 0) crossings++;
  }
  const seconds = (frames - first) / rate;
  return {
    seconds: frames / rate,
    hertz: seconds === 0 ? 0 : Math.round(crossings / seconds),
    loudness: frames === first ? 0 : Math.sqrt(squares / (frames - first)),
  };
}

/** The head of a WAV file: how many samples a second, of how many channels, and where they begin. */
const waveOf = (bytes: Buffer): { rate: number; channels: number; header: number } => ({
  channels: bytes.readUInt16LE(22),
  rate: bytes.readUInt32LE(24),
  header: bytes.indexOf("data") + 8,
});
