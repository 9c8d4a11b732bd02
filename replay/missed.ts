/** How a play fails: what was wanted and what was heard, and where. */

/** The gateway departs from a play: what is wanted, and what is heard instead. */
export class Missed extends Error {
  /** The line of the step, from 0. */
  readonly at: number;

  constructor(wanted: string, heard: string, at = 0) {
    super(`wanted: ${wanted}\nheard:  ${heard}`);
    this.at = at;
  }
}

/** The messages of a play so far, each by the line of its step. */
export type Messages = ReadonlyMap<number, string>;

export interface PlayFailure {
  readonly script: string;
  readonly messages: Messages;
  /** The line that fails, from 0; none for the end of the play. */
  readonly line: number | undefined;
  readonly cause: unknown;
}
