/**
 * The lines of an SDP: which of them are understood, and to which section they belong.
 *
 * RFC 8866 §5. Rules: bounded before any work; LF is as good as CRLF; only what is understood goes on to the grammar, so
 * that no line that we have no use for can make it slow.
 */
import { Refusal } from "./refusal.ts";

const MOST_LINES = 4_000;
const LONGEST_LINE = 4_096;

const understood = new Set(
  `rtpmap fmtp rtcp rtcp-fb extmap extmap-allow-mixed crypto setup mid msid ptime maxptime sendrecv sendonly recvonly
   inactive ice-lite ice-ufrag ice-pwd ice-options fingerprint candidate end-of-candidates ssrc ssrc-group group rtcp-mux
   rtcp-rsize bundle-only`.split(/\s+/),
);

export interface SdpLines {
  /** Everything that is understood, CRLF between. */
  readonly text: string;
  /** The values of the attributes that may stand more than once and are read one by one, by section; first the session's. */
  readonly fingerprints: readonly (readonly string[])[];
  readonly candidates: readonly (readonly string[])[];
}

/** Tells the lines of an SDP apart. Throws `Refusal` when it is too large. */
export function readLines(text: string): SdpLines {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > MOST_LINES) throw new Refusal("an SDP of too many lines", { status: 400 });
  const kept: string[] = [];
  const fingerprints: string[][] = [[]];
  const candidates: string[][] = [[]];
  for (const line of lines) {
    if (line.length > LONGEST_LINE) throw new Refusal("a line of SDP that is too long", { status: 400 });
    const [, type, name = "", value = ""] = /^([a-z])=([^:]*):?(.*)$/.exec(line) ?? [];
    if (type === "m") for (const list of [fingerprints, candidates]) list.push([]);
    if (type === "a" && name === "fingerprint") fingerprints.at(-1)?.push(value);
    else if (type === "a" && name === "candidate") candidates.at(-1)?.push(value);
    else if (type !== undefined && "vosctbm".includes(type)) kept.push(line);
    else if (type === "a" && understood.has(name)) kept.push(line);
  }
  return { text: kept.join("\r\n"), fingerprints, candidates };
}
