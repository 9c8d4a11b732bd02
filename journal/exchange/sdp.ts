/**
 * Pseudonyms in an SDP or a trickle fragment: RFC 8866, RFC 8839, RFC 8840, RFC 4568, RFC 5576.
 *
 * Rule: lines are recognized by type and attribute name, and each field is replaced according to its meaning. An unknown line or
 * attribute may contain anything, so it is left out.
 */
import type { Others } from "./others.ts";

/** The lines with pseudonyms. */
export function exchangeSdp(text: string, others: Others): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  return lines.flatMap((line) => exchangeLine(line, others) ?? []);
}

const KEPT = /^[vtrzbm]=/;

function exchangeLine(line: string, others: Others): string | undefined {
  if (KEPT.test(line)) return line;
  if (line.startsWith("s=")) return "s=-";
  if (line.startsWith("c=")) return addressed(line, others);
  if (line.startsWith("o=")) return addressed(origin(line, others), others);
  if (!line.startsWith("a=")) return undefined;
  const [name = "", value] = parted(line.slice(2));
  if (value === undefined) return PLAIN.has(name) || DIRECTIONS.has(name) ? line : undefined;
  if (PLAIN.has(name)) return line;
  const other = ATTRIBUTES[name]?.(value, others);
  return other === undefined ? undefined : `a=${name}:${other}`;
}

/** The user name is removed; the session id becomes an id if the gateway has generated it (RFC 8866 §5.2). */
const origin = (line: string, others: Others): string =>
  line.replace(/^o=\S+ (\S+)/, (_, id: string) => `o=- ${others.ours ? others.id(id, "session") : id}`);

const DIRECTIONS = new Set(["sendrecv", "sendonly", "recvonly", "inactive"]);
/** Attributes without personal data. */
const PLAIN = new Set(
  `rtpmap fmtp rtcp-fb rtcp-mux rtcp-mux-only rtcp-rsize extmap extmap-allow-mixed setup mid group ptime maxptime ssrc-group
   ice-options ice-lite ice-mismatch end-of-candidates simulcast rid imageattr framerate bundle-only jingle-action connection
   maxprate content sctp-port max-message-size sctpmap quality orient`.split(/\s+/),
);

/** Replaces the fields of an attribute. */
type Exchange = (value: string, others: Others) => string | undefined;

const ids: Exchange = (value, others) => value.replace(/[^\s]+/g, (each) => (each === "-" ? each : others.id(each)));
const behindFirst: Exchange = (value, others) => value.replace(/ (.+)$/, (_, rest: string) => ` ${ids(rest, others)}`);

const ATTRIBUTES: Readonly<Record<string, Exchange>> = {
  "ice-ufrag": (value, others) => others.secret(value, "token"),
  "ice-pwd": (value, others) => others.secret(value, "token"),
  fingerprint: (value, others) => value.replace(/ (\S+)$/, (_, octets) => ` ${others.secret(octets, "octets")}`),
  crypto: (value, others) =>
    value.replace(/inline:(‹[^›]*›|[^|\s]+)/gi, (_, key) => `inline:${others.secret(key, "base64")}`),
  candidate,
  "remote-candidates": (value, others) => value.replace(/(?<=^\d+ |\s\d+ )(\S+)/g, (host) => others.host(host)),
  rtcp: (value, others) => addressed(value, others),
  ssrc: (value, others) =>
    value.replace(/^(\d+ (?:cname|label|mslabel|msid)):(.*)$/, (_, head, rest) => `${head}:${ids(rest, others)}`),
  msid: ids,
  "msid-semantic": (value, others) =>
    /^\s/.test(value) ? value.replace(/\S.*$/, (t) => behindFirst(t, others) ?? t) : behindFirst(value, others),
  "tls-id": (value, others) => others.secret(value, "token"),
  label: ids,
};

/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, and pairs of words. */
function candidate(value: string, others: Others): string {
  const [foundation = "", component, transport, priority, host = "", ...rest] = value.split(" ");
  const address = rest.indexOf("raddr") + 1;
  if (address > 0 && rest[address] !== undefined) rest[address] = others.host(rest[address]);
  const ufrag = rest.indexOf("ufrag") + 1;
  if (ufrag > 0 && rest[ufrag] !== undefined) rest[ufrag] = others.secret(rest[ufrag], "token");
  return [others.foundation(foundation), component, transport, priority, others.host(host), ...rest].join(" ");
}

/** `IN IP4 address`, and what may follow it (multicast: RFC 8866 §5.7). */
const addressed = (text: string, others: Others): string =>
  text.replace(/(IN IP[46] )([^\s/]+)/, (_, network: string, host: string) => `${network}${others.host(host)}`);

/** The name of an attribute, and the value after its colon. */
function parted(attribute: string): [string, string | undefined] {
  const at = attribute.indexOf(":");
  return at === -1 ? [attribute, undefined] : [attribute.slice(0, at), attribute.slice(at + 1)];
}
