/**
 * `carillon replay FILE [--step]`: an exported call again, in a terminal.
 *
 * Rules: with `--step` each message that comes waits for a key, where there is a terminal to press one in; what the gateway makes of it is
 * shown with it. q ends it, and so does Ctrl+C, which is no signal while keys are read one by one.
 */
import { printable } from "../protocol/printable.ts";
import { replay } from "./replay.ts";

const HINT = "Any key: the next message. q: the end.\n";
/** What a shell has for a program that SIGINT has ended. */
const INTERRUPTED = 130;
const CTRL_C = 3;

/** Runs the text of a file; false when the gateway goes another way. Throws an `Error` whose first line says what is wrong. */
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
