/** The failure of a play: expected and actual, and the line. */

/** The gateway deviates from a play: what was expected, and what was sent instead. */
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
  /** The failing line, from 0; undefined for the end of the play. */
  readonly line: number | undefined;
  readonly cause: unknown;
}
