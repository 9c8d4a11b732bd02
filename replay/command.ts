/**
 * `carillon replay FILE [--step]`: replays an exported call in a terminal.
 *
 * Rules: with `--step`, each received message waits for a key if there is a terminal; the gateway's reaction is shown with it.
 * q ends it, and so does Ctrl+C, which is no signal while keys are read one by one.
 */
import { printable } from "../protocol/printable.ts";
import { replay } from "./replay.ts";

const HINT = "Any key: next message. q: quit.\n";
/** A shell's exit code for a program ended by SIGINT. */
const INTERRUPTED = 130;
const CTRL_C = 3;

/** Replays the text of a file; returns false if the gateway deviates. Throws an `Error` whose first line says what is wrong. */
export async function replayFile(text: string, isStepped: boolean): Promise<boolean> {
  const waits = isStepped && process.stdin.isTTY;
  if (waits) console.log(HINT);
  try {
    return await replay(text, {
      print: (line) => console.log(printable(line, "\n")),
      next: waits ? key : async () => {},
    });
  } finally {
    if (waits) process.stdin.pause();
  }
}

/** Waits for a key. */
function key(): Promise<void> {
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve) => {
    stdin.once("data", (pressed: Buffer) => {
      stdin.setRawMode(false);
      if (pressed.includes(CTRL_C)) process.exit(INTERRUPTED);
      if (pressed.toString() === "q") process.exit(0);
      resolve();
    });
  });
}
