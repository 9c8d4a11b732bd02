/**
 * The lines of an SDP: those of the session, then those of each m-section (RFC 8866 §5, §9).
 *
 * Rules: limits are checked first (bounds.ts); LF is accepted like CRLF; all values are text, without trailing blanks; a line that
 * is unknown or contains a control character is ignored; an m-line that cannot be read is a `Refusal`, since the position of
 * sections matters. The values are interpreted by the readers.
 */
import { MOST, numberWithin } from "../media/values.ts";
import { Refusal } from "../refusal.ts";
import { owned } from "../text.ts";
import { boundedLines, mustNotSwell } from "./bounds.ts";

const understood = new Set(
  `rtpmap fmtp rtcp rtcp-fb extmap extmap-allow-mixed crypto setup mid msid ptime maxptime sendrecv sendonly recvonly
   inactive ice-lite ice-ufrag ice-pwd ice-options fingerprint candidate end-of-candidates ssrc ssrc-group group rtcp-mux
   rtcp-mux-only sctp-port max-message-size sctpmap rid simulcast content
   rtcp-rsize bundle-only`.split(/\s+/),
);
/** Values of these are interned later (text.ts); the values of all other attributes are copied here. */
const alike = new Set("rtpmap fmtp rtcp-fb extmap".split(" "));

/** The lines of the session, or of a section. */
export interface SdpPart {
  /** The address of c=. */
  readonly address?: string | undefined;
  readonly bandwidth: readonly string[];
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/** An m-line and the lines of its section. */
export interface SdpSection extends SdpPart {
  readonly media: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
}

export interface SdpLines {
  readonly session: SdpPart;
  readonly sections: readonly SdpSection[];
}

/** The values of an attribute, in order. */
export const allOf = ({ attributes }: SdpPart, name: string): readonly string[] => attributes.get(name) ?? NONE;
const NONE: readonly string[] = [];
/** The first value of an attribute. */
export const firstOf = (part: SdpPart, name: string): string | undefined => allOf(part, name)[0];
export const has = ({ attributes }: SdpPart, name: string): boolean => attributes.has(name);

interface Growing {
  address?: string | undefined;
  bandwidth: string[];
  attributes: Map<string, string[]>;
}
const newPart = (): Growing => ({ bandwidth: [], attributes: new Map() });

/** Splits an SDP into its sections. Throws `Refusal` if it is too large, or an m-line cannot be read. */
export function readLines(text: string): SdpLines {
  const session = newPart();
  const sections: (Growing & SdpSection)[] = [];
  for (const line of boundedLines(text)) {
    if (line.startsWith("m=")) sections.push({ ...newPart(), ...readMediaLine(owned(line)) });
    else readLine(sections.at(-1) ?? session, line.trimEnd());
    if (sections.length > MOST.contents) throw new Refusal("too many media", { status: 488, warning: 304 });
  }
  mustNotSwell(session, sections, text.length);
  return { session, sections };
}

const MEDIA_LINE = /^m=(\w{1,32}) (\d{1,5})(?:\/\d{1,5})? ([\w/-]{1,64})((?: +\S+)*)\s*$/;

function readMediaLine(line: string): Pick<SdpSection, "media" | "port" | "protocol" | "formats"> {
  // RFC 8866 §5.14: the port may be followed by the number of ports
  const [, media = "", from, protocol = "", formats = ""] = MEDIA_LINE.exec(line) ?? [];
  const port = numberWithin(from, 0, 65_535);
  if (port === undefined) throw new Refusal("an m-line that cannot be read", { status: 400 });
  return { media, port, protocol, formats: formats.split(/ +/).slice(1) };
}

const CONTROL = /[\0-\x1f\x7f]/;

function readLine(part: Growing, line: string): void {
  if (CONTROL.test(line)) return;
  if (line.startsWith("a=")) readAttribute(part, line);
  else if (line.startsWith("b=")) part.bandwidth.push(line.slice(2));
  else if (line.startsWith("c=")) part.address ??= /^c=IN IP[46] (\S+)$/.exec(line)?.[1];
}

function readAttribute({ attributes }: Growing, line: string): void {
  const colon = line.indexOf(":");
  const name = colon === -1 ? line.slice(2) : line.slice(2, colon);
  if (!understood.has(name)) return;
  const said = colon === -1 ? "" : line.slice(colon + 1).trim();
  const value = alike.has(name) ? said : owned(said);
  const values = attributes.get(name);
  if (values) values.push(value);
  else attributes.set(name, [value]);
}
