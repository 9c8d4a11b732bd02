/**
 * The log: one line of JSON an event. Actors see a function that takes events and never throws; main.ts says where they go.
 *
 * Rules: secrets, credentials, keys and whole bodies never get into a line, by whatever name an event brings them; a text
 * is cut where it gets long. Left out on purpose: how often something may be said, which is the sayer's (tally.ts).
 */
import { type DestinationStream, pino } from "pino";

export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  /** What happened, in dotted words: `sip.dropped`. */
  readonly event: string;
  readonly [field: string]: unknown;
}

export type Log = (event: LogEvent) => void;

/** Fields that are never written, at any depth that is. */
const HIDDEN = new Set(
  "secret password pwd ufrag authorization proxyauthorization credentials fingerprint crypto sdp body handshake".split(
    " ",
  ),
);
const DEEPEST = 3;
const LONGEST = 2_000;

/** A log that writes to standard output, or wherever a test says. */
export function createLog(options: { level: LogEvent["level"]; to?: DestinationStream }): Log {
  const base = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "text" };
  const formatters = { level: (level: string) => ({ level }) };
  const logger = options.to ? pino({ ...base, formatters }, options.to) : pino({ ...base, formatters });
  return ({ level, ...fields }) => {
    try {
      logger[level](clean(fields, 0));
    } catch (error) {
      logger.error({ event: "log.fault", error: String(error) });
    }
  };
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return "…";
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => clean(item, depth + 1));
  const shown = Object.entries(value).filter(([name]) => !HIDDEN.has(name.toLowerCase().replace(/[-_]/g, "")));
  return Object.fromEntries(shown.map(([name, item]) => [name, clean(item, depth + 1)]));
}
