/**
 * Standard output, which never waits for who reads it.
 *
 * COMPAT Deno 2.9: process.stdout waits until a full pipe has room, and with it the whole process; Deno.stdout does so in a thread. Rules:
 * there writes go one after the other; `end` of log-output.ts, which would wait, writes nothing while one of them waits.
 */
import type { Output } from "../actors/log-output.ts";

interface Writer {
  write(bytes: Uint8Array): Promise<number>;
}

export function standardOutput(): Output {
  const { Deno } = globalThis as { readonly Deno?: { readonly stdout: Writer } };
  if (Deno) return inTurn(Deno.stdout);
  process.stdout.on("error", () => {}); // the reader is gone, and with it the log that could report this
  return process.stdout;
}

function inTurn(to: Writer): Output {
  let last = Promise.resolve();
  return {
    isBlocking: true,
    write(text, done) {
      last = last.then(() => writeAll(to, text)).then(() => done(), done);
    },
  };
}

async function writeAll(to: Writer, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; ) at += await to.write(bytes.subarray(at));
}
