/**
 * One ICE candidate in both notations: an a=candidate line (RFC 8839 §5.1), and the attributes of a Jingle
 * `<candidate/>` (XEP-0176 §5.3).
 *
 * Rules: a candidate that cannot be read is left out, the others stay; protocol and type are lower case (baresip writes
 * `UDP`); what the other notation cannot express is dropped. Attributes are plain objects, so that SDP can be read
 * without XML.
 */
import type { Candidate } from "./media/media.ts";
import { isAddress } from "./media/values.ts";
import { present } from "./text.ts";

const line =
  /^(?:candidate:)?([^\s]{1,256}) (\d{1,3}) (\w+) (\d{1,10}) ([\w.:-]+) (\d{1,5}) typ (\w+)((?: \S+ \S+)*)\s*$/;

/** Reads the value of an a=candidate, with or without `candidate:` before it. */
export function readCandidateLine(text: string): Candidate | undefined {
  const [, foundation = "", component, protocol, priority, ip = "", port, type = "", rest = ""] = line.exec(text) ?? [];
  if (protocol === undefined) return undefined;
  const words = rest.trim().split(" ");
  return checked({
    foundation,
    component: Number(component),
    protocol,
    priority: Number(priority),
    ip,
    port: Number(port),
    type,
    generation: Number(extension(words, "generation") ?? 0),
    network: Number(extension(words, "network-id") ?? 0),
    relatedAddress: extension(words, "raddr"),
    relatedPort: numberOf(extension(words, "rport")),
    tcpType: extension(words, "tcptype"),
  });
}

/** The value after a name; the last, where there are several. */
function extension(words: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at + 1 < words.length; at += 2) if (words[at] === name) value = words[at + 1];
  return value;
}

/** Writes the value of an a=candidate. */
export function writeCandidateLine(candidate: Candidate): string {
  const { foundation, component, protocol, priority, ip, port, type } = candidate;
  const { relatedAddress, relatedPort, tcpType, generation, network } = candidate;
  let line = `${foundation} ${component} ${protocol} ${priority} ${ip} ${port} typ ${type}`;
  if (relatedAddress !== undefined)
    line += isAddress(relatedAddress) ? ` raddr ${relatedAddress} rport ${relatedPort ?? 9}` : ` ${hidden(ip)}`;
  if (tcpType !== undefined) line += ` tcptype ${tcpType}`;
  line += ` generation ${generation}`;
  return network === 0 ? line : `${line} network-id ${network}`;
}

/** RFC 8839 §5.1: a related address that must stay hidden is 0.0.0.0 or ::, with port 9. */
const hidden = (ip: string): string => `raddr ${ip.includes(":") ? "::" : "0.0.0.0"} rport 9`;

/** The attributes of an XML element. */
type Attributes = Readonly<Record<string, string>>;

/** Reads a `<candidate/>` of ice-udp or raw-udp; the attributes that stanza omits (id, generation, network) have defaults. */
export function readCandidateAttributes(attrs: Attributes): Candidate | undefined {
  return checked({
    foundation: attrs.foundation ?? "1",
    component: Number(attrs.component),
    protocol: attrs.protocol ?? "udp",
    priority: Number(attrs.priority ?? 0),
    ip: attrs.ip ?? "",
    port: Number(attrs.port),
    type: attrs.type ?? "host",
    generation: Number(attrs.generation ?? 0),
    network: Number(attrs.network ?? 0),
    relatedAddress: attrs["rel-addr"],
    relatedPort: numberOf(attrs["rel-port"]),
    tcpType: attrs.tcptype,
  });
}

/** Writes a `<candidate/>` of ice-udp; its id is built from its distinguishing fields (XEP-0176 §5.3). */
export function writeCandidateAttributes(candidate: Candidate, content: string): Attributes {
  const { foundation, component, protocol, priority, ip, port, type, generation, network } = candidate;
  const attributes = {
    component: `${component}`,
    foundation,
    generation: `${generation}`,
    id: candidateId(candidate, content),
    ip,
    network: `${network}`,
    port: `${port}`,
    priority: `${priority}`,
    protocol,
    type,
    "rel-addr": candidate.relatedAddress,
    "rel-port": candidate.relatedPort?.toString(),
    tcptype: candidate.tcpType,
  };
  return present(attributes) as Attributes;
}

/** An id unique among the candidates of the session. */
export function candidateId({ component, protocol, ip, port, generation }: Candidate, content: string): string {
  return `${content}-${generation}-${component}-${protocol}-${ip}-${port}`.replace(/[^\w.-]/g, "_");
}

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

type Unchecked = { [K in keyof Candidate]-?: Candidate[K] | undefined };

const TOKEN = /^[\w.+/:=-]{1,256}$/;
const ADDRESS = /^[\w.:-]{1,255}$/;
const TYPE = /^\w{1,16}$/;

/** The candidate, if every part is valid. */
function checked(fields: Unchecked): Candidate | undefined {
  const { foundation = "", component, protocol = "", priority, ip = "", port, type = "" } = fields;
  const { relatedAddress, relatedPort, tcpType, generation = 0, network = 0 } = fields;
  const words = TOKEN.test(foundation) && TYPE.test(protocol) && TYPE.test(type) && ADDRESS.test(ip);
  const numbers = isWithin(component, 1, 256) && isWithin(priority, 0, 2 ** 32 - 1) && isWithin(port, 0, 65_535);
  const more = isWithin(generation, 0, 2 ** 31) && isWithin(network, 0, 2 ** 31);
  const related =
    (relatedAddress === undefined || ADDRESS.test(relatedAddress)) && isWithin(relatedPort ?? 0, 0, 65_535);
  if (!words || !numbers || !more || !related || (tcpType !== undefined && !TYPE.test(tcpType))) return undefined;
  const candidate = {
    foundation,
    component: component ?? 1,
    protocol: protocol.toLowerCase(),
    priority: priority ?? 0,
    ip,
    port: port ?? 0,
    type: type.toLowerCase(),
    generation,
    network,
  };
  const isPlain = relatedAddress === undefined && relatedPort === undefined && tcpType === undefined;
  return isPlain ? candidate : { ...candidate, ...present({ relatedAddress, relatedPort, tcpType }) };
}

function isWithin(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}
