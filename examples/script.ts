/** The words of scenes, their actions, and how a scene is performed. */
import type { Client } from "./client.ts";
import type { Handset } from "./handset.ts";

/** The participants in the call of a scene. */
export interface Parts {
  readonly client: Client;
  readonly handset: Handset;
  /** The user's address, as dialled by a phone. */
  readonly dialled: string;
  readonly cut: () => void;
}

const WORDS = {
  "user calls": ({ client }) => client.calls(),
  "user accepts": ({ client }) => client.accepts(),
  "user rejects": ({ client }) => client.rejects(),
  "user cancels": ({ client }) => client.cancels(),
  "user hangs up": ({ client }) => client.hangsUp(),
  "user holds": ({ client }) => client.holds(),
  "user resumes": ({ client }) => client.resumes(),
  "user adds video": ({ client }) => client.addsVideo(),
  "user will trickle": ({ client }) => client.tricklesNext(),
  "user will reject": ({ client }) => client.rejectsNext(),
  "user will ignore": ({ client }) => client.ignoresNext(),
  "user wakes": ({ client }) => client.wakes(),
  "phone calls": ({ handset, dialled }) => handset.calls(dialled),
  "phone tries": ({ handset }) => handset.tries(),
  "phone rings": ({ handset }) => handset.rings(),
  "two phones ring": ({ handset }) => handset.ringsTwice(),
  "phone answers": ({ handset }) => handset.answers(),
  "phone is busy": ({ handset }) => handset.isBusy(),
  "phone declines": ({ handset }) => handset.declines(),
  "phone is unknown": ({ handset }) => handset.isUnknown(),
  "phone cancels": ({ handset }) => handset.cancels(),
  "phone hangs up": ({ handset }) => handset.hangsUp(),
  "phone holds": ({ handset }) => handset.holds(),
  "phone resumes": ({ handset }) => handset.resumes(),
  "phone adds video": ({ handset }) => handset.addsVideo(),
  "phone will refuse": ({ handset }) => handset.refusesNext(),
  "phone will cross": ({ handset }) => handset.crossesNext(),
  "phone presses 5": ({ handset }) => handset.presses("5"),
  "phone misses": ({ handset }) => handset.misses(),
  "the stream is lost": ({ cut }) => cut(),
} satisfies Readonly<Record<string, (parts: Parts) => void | Promise<void>>>;

export type Word = keyof typeof WORDS;

/** An action, or a pause in milliseconds. */
export type Line = Word | number;

/** Milliseconds that a participant waits for an event before its next action. */
const PATIENCE = 8_000;

/** Performs a scene; returns false if a participant has waited in vain. */
export async function perform(
  says: readonly Line[],
  parts: Parts,
  pause: (milliseconds: number) => Promise<void>,
): Promise<boolean> {
  for (const line of says) {
    if (typeof line === "number") await pause(line);
    else {
      const done = Promise.resolve(WORDS[line](parts)).then(() => true);
      if (!(await Promise.race([done, pause(PATIENCE).then(() => false)]))) return false;
    }
  }
  return true;
}
