/** What tone is in a recording: the last half second of 16 bit samples, the pitch by how often they cross zero upward. */
import { readFileSync } from "node:fs";

export interface Sound {
  /** How long the recording is by now. */
  readonly seconds: number;
  readonly hertz: number;
  /** Root mean square, of 1. */
  readonly loudness: number;
}

const RATE = 48_000;
const WINDOW = RATE / 2;

/** Reads a WAV file that may still grow, or raw samples; of several channels the first. */
export function soundOf(file: string, channels: number): Sound {
  const bytes = readFileSync(file);
  const header = bytes.toString("latin1", 0, 4) === "RIFF" ? bytes.indexOf("data") + 8 : 0;
  const frames = Math.floor((bytes.length - header) / (2 * channels));
  const sample = (frame: number): number => bytes.readInt16LE(header + 2 * channels * frame) / 32_768;
  const first = Math.max(0, frames - WINDOW);
  let [crossings, squares] = [0, 0];
  for (let frame = first; frame < frames; frame++) {
    const now = sample(frame);
    squares += now * now;
    if (frame > first && now >= 0 && sample(frame - 1) < 0) crossings++;
  }
  const seconds = (frames - first) / RATE;
  return {
    seconds: frames / RATE,
    hertz: seconds === 0 ? 0 : Math.round(crossings / seconds),
    loudness: frames === first ? 0 : Math.sqrt(squares / (frames - first)),
  };
}
