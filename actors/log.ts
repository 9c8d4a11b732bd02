/**
 * The log: one line of JSON an event. Actors see a function that takes events and never throws; main.ts says where they go.
 *
 * Rules: secrets, credentials, keys and whole bodies are never written, whatever name their field has; long text is cut.
 * Left out: how often an event may be logged, which is for whoever logs it (tally.ts).
 */
import { type DestinationStream, type Logger, pino } from "pino";

export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  /** What happened, in dotted words: `sip.dropped`. */
  readonly event: string;
  readonly [field: string]: unknown;
}

export type Log = (event: LogEvent) => void;

/** Fields that are never written, at any depth. */
const HIDDEN = new Set(
  "secret password pwd ufrag authorization proxyauthorization credentials fingerprint crypto sdp body handshake".split(
    " ",
  ),
);
const DEEPEST = 3;
const LONGEST = 2_000;

/** A log, and the least important level that it writes, which may change while it is used. */
export interface LevelledLog {
  readonly log: Log;
  setLevel(level: LogEvent["level"]): void;
}

/** A log that writes its lines to a destination. */
export function createLog(options: { level: LogEvent["level"]; to: DestinationStream }): LevelledLog {
  const base = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "text" };
  const logger = pino({ ...base, formatters: { level: (level) => ({ level }) } }, options.to);
  const log: Log = ({ level, ...fields }) => {
    if (!logger.isLevelEnabled(level)) return;
    try {
      logger[level](clean(fields, 0));
    } catch (error) {
      sayFault(logger, error);
    }
  };
  const setLevel = (level: LogEvent["level"]): void => {
    logger.level = level;
  };
  return { log, setLevel };
}

/** Logs that a line could not be written, where even that can be. */
function sayFault(logger: Logger, error: unknown): void {
  try {
    logger.error({ event: "log.fault", error: String(error) });
  } catch {
    // the destination itself is broken: a log never fails
  }
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return "…";
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => clean(item, depth + 1));
  const shown = Object.entries(value).filter(([name]) => !HIDDEN.has(name.toLowerCase().replace(/[-_]/g, "")));
  return Object.fromEntries(shown.map(([name, item]) => [name, clean(item, depth + 1)]));
}
