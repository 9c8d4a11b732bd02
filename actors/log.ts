/**
 * The log: one line per event, in JSON, or in text for a terminal (log-text.ts).
 *
 * Actors get a function that accepts events and never throws; main.ts decides where the lines go.
 *
 * Rules: fields for secrets, credentials, keys and whole bodies are never written, in any spelling of their names; long text is cut.
 * Control characters of terminals are escaped, including C1, bidi marks and line separators. Only `[log] trace` writes whole messages,
 * in the field `message`, and hides their secrets itself. Left out: limits on how often an event is logged, which are its caller's
 * (tally.ts).
 */
export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  /** What happened, in dotted words: `sip.dropped`. */
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface Log {
  (event: LogEvent): void;
  /** The same log with these fields in all lines: they are serialised once, not for each line. */
  about?(fields: Fields): Log;
}

type Fields = { readonly [field: string]: unknown };

/** A log with these fields in all lines, for any log. */
export const logAbout = (log: Log, fields: Fields): Log =>
  log.about?.(fields) ?? ((event) => log({ ...fields, ...event }));

/** Fields that are never written, at any depth. */
const HIDDEN = new Set(
  "secret password pwd ufrag authorization proxyauthorization credentials fingerprint crypto sdp body handshake".split(
    " ",
  ),
);
const DEEPEST = 3;
const LONGEST = 2_000;
/** For a whole message of a traced call. */
const LONGEST_MESSAGE = 65_536;

/** Formats a line from the fields of its event and the fields common to all lines of its log. */
export interface LogFormat {
  /** Serialises fields once, for many lines. */
  members(fields: Fields): string;
  line(level: LogEvent["level"], time: Date, members: string, fields: Fields): string;
}

/** A log, and its minimum level, which may change at any time. */
export interface LevelledLog {
  readonly log: Log;
  setLevel(level: LogEvent["level"]): void;
}

/** The destination of lines, which include their line breaks. */
export interface LogDestination {
  write(line: string): void;
}

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogEvent["level"][];

/** A log that writes its lines to a destination. */
export function createLog(options: { level: LogEvent["level"]; to: LogDestination; format?: LogFormat }): LevelledLog {
  const { to, format = json } = options;
  let least = LEVELS.indexOf(options.level);
  /** A log with these serialised members in all lines. */
  const writing = (members: string): Log => {
    return (event) => {
      if (LEVELS.indexOf(event.level) < least) return;
      try {
        to.write(format.line(event.level, new Date(), members, event));
      } catch (error) {
        sayFault(to, error);
      }
    };
  };
  const log = Object.assign(writing(""), { about: (fields: Fields) => writing(format.members(fields)) });
  const setLevel = (level: LogEvent["level"]): void => {
    least = LEVELS.indexOf(level);
  };
  return { log, setLevel };
}

const lineOf = (level: LogEvent["level"], time: Date, members: string): string =>
  `{"level":"${level}","time":"${time.toISOString()}"${members}}\n`;

const json: LogFormat = {
  members: membersOf,
  line: (level, time, members, fields) => lineOf(level, time, members + membersOf(fields)),
};

/** Characters that terminals or viewers interpret and JSON does not escape: DEL and C1, bidi marks, line separators. */
const UNSEEN = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The members of an object as JSON, each with a comma before it. */
function membersOf(fields: Fields): string {
  const text = JSON.stringify(clean(fields, 0)).replace(UNSEEN, escaped);
  return text === "{}" ? "" : `,${text.slice(1, -1)}`;
}

/** Logs that a line could not be written, if even that can be written. */
function sayFault(to: LogDestination, error: unknown): void {
  try {
    to.write(lineOf("error", new Date(), membersOf({ event: "log.fault", error: String(error) })));
  } catch {
    // the destination itself is broken: a log never fails
  }
}

/** A field as logged: without secrets, and cut if too long; of a whole event without its level, which the line already has. */
export function clean(value: unknown, depth: number, longest = LONGEST): unknown {
  if (typeof value === "string") return value.length > longest ? `${value.slice(0, longest)}…` : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return "…";
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => clean(item, depth + 1));
  const shown: Record<string, unknown> = {};
  for (const name of Object.keys(value))
    if (!isHidden(name) && (depth > 0 || name !== "level"))
      shown[name] = clean((value as Fields)[name], depth + 1, name === "message" ? LONGEST_MESSAGE : LONGEST);
  return shown;
}

/** Results by name, for the few names of our events; other names may come from the network. */
const known = new Map<string, boolean>();
const MOST_KNOWN = 1_000;

function isHidden(name: string): boolean {
  const found = known.get(name);
  if (found !== undefined) return found;
  const hidden = HIDDEN.has(name.toLowerCase().replace(/[-_]/g, ""));
  if (known.size < MOST_KNOWN) known.set(name, hidden);
  return hidden;
}
