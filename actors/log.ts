/** The log as actors see it: a function that is given events and never throws; main.ts says where they go. */

export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  /** What happened, in dotted words: `sip.dropped`. */
  readonly event: string;
  readonly [field: string]: unknown;
}

export type Log = (event: LogEvent) => void;
