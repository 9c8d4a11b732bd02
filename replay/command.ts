/**
 * `carillon replay FILE [--step]`: an exported call again, in a terminal.
 *
 * Rule: with `--step` each step waits for a key, where there is a terminal to press one in; q and Ctrl+C end it.
 */
import { replay } from "./replay.ts";

/** Runs the text of a file; false when the gateway goes another way. Throws an `Error` whose first line says what is wrong. */
export async function replayFile(text: string, isStepped: boolean): Promise<boolean> {
  const waits = isStepped && process.stdin.isTTY;
  try {
    return await replay(text, { print: (line) => console.log(printable(line)), next: waits ? key : async () => {} });
  } finally {
    if (waits) process.stdin.pause();
  }
}

/** Without what a terminal obeys: a file may come from anybody. */
const printable = (text: string): string => text.replace(/[^\P{C}\n]/gu, "\ufffd");

/** Waits for a key. */
function key(): Promise<void> {
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve) => {
    stdin.once("data", (pressed: Buffer) => {
      stdin.setRawMode(false);
      if (pressed[0] === 3 || pressed.toString() === "q") process.exit(1);
      resolve();
    });
  });
}
