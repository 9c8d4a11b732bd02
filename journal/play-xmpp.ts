/**
 * The stanzas of a call as steps of a play.
 *
 * Rules: devices of plays acknowledge the gateway's IQs at once, so a result is written only if it came later or after another
 * message; then the IQ is `(unanswered)`, and its id is captured. Ids that the gateway derives from other values (those of
 * candidates) are not compared.
 */
import { type Element, parse } from "ltx/lib/ltx.js";
import { CATEGORY, DTLS_SCTP } from "../protocol/xmpp/namespaces.ts";
import type { WireEntry } from "./entries.ts";
import { type Others, PLAY } from "./exchange/others.ts";
import { exchangeXml } from "./exchange/xml.ts";
import { type Client, comes, goes, isSilent } from "./play-clients.ts";
import { deviceName } from "./play-people.ts";
import { stepText } from "./play-step.ts";
import { pretty } from "./pretty.ts";
import type { Setting } from "./setting.ts";
import { unwrapped } from "./wrapped.ts";

/** Milliseconds within which a device acknowledges by itself. */
const AT_ONCE = 50;

const decoder = new TextDecoder();

export class PlayXmpp {
  readonly #others: Others;
  /** IQs of the gateway that were acknowledged at once, by id and device. */
  readonly #atOnce: ReadonlySet<string>;
  /** The full JIDs to which a call from a phone was offered before any device had answered. */
  readonly #told: string[] = [];
  #hasSpoken = false;
  #isProposed = false;
  readonly #stanzas: readonly { readonly wire: WireEntry; readonly stanza: Element }[];
  /** Whether proposals have a known target: a device is online, or the server reports all devices. */
  readonly #wasThere: boolean;
  /** Whether the gateway already knows the caps of plays. */
  #isKnown = false;
  /** Whether a device is online, because the caller received 180 at once. */
  readonly #isOnline: boolean;
  /** The first device to send a stanza. */
  #speaker: string | undefined;
  /** Whether the phone offers data channels. */
  readonly #offersData: boolean;
  /** The devices' JIDs on the wire, by their JIDs in the play. */
  readonly #realNames = new Map<string, string>();

  constructor(others: Others, wires: readonly WireEntry[], { intercept }: Pick<Setting, "intercept">) {
    this.#others = others;
    this.#isOnline = ringsAtOnce(wires);
    this.#wasThere = this.#isOnline || intercept;
    this.#stanzas = wires
      .filter(({ wire }) => wire === "xmpp")
      .map((wire) => ({ wire, stanza: parse(decoder.decode(wire.bytes)) }));
    this.#offersData = wires.some(({ wire, out, bytes }) => wire === "sip" && !out && hasData(bytes));
    this.#atOnce = acknowledged(wires.filter(({ wire }) => wire === "xmpp"));
  }

  /** The step for a stanza; undefined for automatic answers of the play's devices, and for unknown stanzas. */
  step(wire: WireEntry): string | undefined {
    const stanza = parse(decoder.decode(wire.bytes));
    const { id, from, to, type } = stanza.attrs;
    if (!wire.out && type === "result" && this.#atOnce.has(`${id} ${from}`)) return undefined;
    this.#others.ours = wire.out;
    const other = exchangeXml(stanza, this.#others);
    if (other === undefined) return undefined;
    const jid = String(wire.out ? other.attrs.to : other.attrs.from);
    const device = deviceName(jid);
    this.#realNames.set(jid, String(wire.out ? to : from));
    delete other.attrs[wire.out ? "to" : "from"];
    if (isComing(stanza) && this.#takesProposals(wire)) return this.#comes(jid);
    if (!wire.out) {
      this.#hasSpoken ||= type !== "result";
      const speaker = String(unwrapped(other).attrs.from ?? jid);
      if (type !== "result" && speaker.includes("/") && !this.#told.includes(speaker)) this.#speaker ??= speaker;
      return stepText(`${device} > gateway`, linesOf(other));
    }
    const isAnswered = type !== "set" || this.#atOnce.has(`${id} ${to}`);
    if (type === "set" && isAnswered) delete other.attrs.id;
    forget(other, "candidate", "id");
    if (!this.#hasSpoken) this.#isProposed ||= unwrapped(stanza).getChild("propose") !== undefined;
    if (!this.#hasSpoken && isInitiate(stanza)) this.#told.push(wrappedTo(other) ?? jid);
    return stepText(`gateway > ${device}${isAnswered ? "" : " (unanswered)"}`, linesOf(other));
  }

  /** Whether a device that comes online supports proposals: it is not called before it sends a stanza, although a proposal is open. */
  #takesProposals(coming: WireEntry): boolean {
    if (!this.#isProposed) return false;
    const device = parse(decoder.decode(coming.bytes)).attrs.from;
    const later = this.#stanzas.slice(this.#stanzas.findIndex(({ wire }) => wire === coming) + 1);
    const next = later.find(({ wire, stanza: { attrs } }) => (wire.out ? attrs.to : attrs.from) === device);
    return next?.wire.out !== true;
  }

  #comes(jid: string): string {
    const isKnown = this.#isKnown || this.#wasThere;
    this.#isKnown = true;
    return comes(deviceName(jid), this.#clientOf(jid, true), isKnown);
  }

  /** The features a device must announce to be sent what it was sent. */
  #clientOf(jid: string, messages: boolean): Client {
    const real = this.#realNames.get(jid);
    const told = this.#stanzas.filter(
      ({ wire, stanza }) => wire.out && (wrappedTo(stanza) ?? stanza.attrs.to) === real,
    );
    const hears = (namespace: string): boolean => told.some(({ stanza }) => String(stanza).includes(namespace));
    const dataChannels = hears(DTLS_SCTP) || (!messages && !this.#offersData);
    return { messages, dataChannels, categories: hears(CATEGORY) };
  }

  /** Devices that must be online: those offered the call at once, or any one if the caller received 180 at once. */
  get online(): readonly string[] {
    const isSomebody = this.#isOnline && !this.#isProposed && this.#told.length === 0;
    if (isSomebody) return [`juliet@${PLAY.users}/balcony`];
    return this.#told.filter((jid) => isSilent(this.#clientOf(jid, false)));
  }

  /**
   * Steps before the call: devices announce their features; if a call is proposed to known devices, one of them supports
   * proposals.
   */
  get before(): string[] {
    return [...this.#withCaps, ...this.#withMessages];
  }

  /** The devices that are called directly and have caps. */
  get #withCaps(): string[] {
    const direct = new Set([...this.#told, ...(this.#isProposed || !this.#speaker ? [] : [this.#speaker])]);
    const clients = [...direct].map((jid) => ({ jid, client: this.#clientOf(jid, false) }));
    return clients
      .filter(({ client }) => !isSilent(client))
      .map(({ jid, client }) => comes(deviceName(jid), client, false));
  }

  get #withMessages(): string[] {
    if (!this.#isProposed || !this.#wasThere) return [];
    const jid = this.#speaker ?? `juliet@${PLAY.users}/another`;
    const device = deviceName(jid);
    return [comes(device, this.#clientOf(jid, true), false), ...(this.#isOnline ? [] : [goes(device)])];
  }
}

const hasData = (bytes: Uint8Array): boolean => /^m=application [^\r\n]*DTLS\/SCTP/m.test(decoder.decode(bytes));

const isComing = (stanza: Element): boolean => stanza.is("presence") && stanza.attrs.type === undefined;

/** Whether the caller received 180 at once, before any stanza; 100 does not count. */
function ringsAtOnce(wires: readonly WireEntry[]): boolean {
  const [first] = wires;
  const next = wires.find(({ wire, out, bytes }) =>
    wire === "xmpp" ? !out : out && !decoder.decode(bytes).startsWith("SIP/2.0 100"),
  );
  if (first === undefined || next?.wire !== "sip") return false;
  return next.at - first.at < AT_ONCE && decoder.decode(next.bytes).startsWith("SIP/2.0 18");
}

/** An element, line by line; line ends in attribute values are written as references. */
const linesOf = (element: Element): string[] =>
  pretty(element)
    .replace(/="[^"]*"/g, (value) => value.replaceAll("\r", "&#13;").replaceAll("\n", "&#10;"))
    .split("\n");

/** The target of a stanza that the server sends on our behalf. */
function wrappedTo(stanza: Element): string | undefined {
  const inside = unwrapped(stanza);
  return inside === stanza ? undefined : String(inside.attrs.to);
}

const isInitiate = (stanza: Element): boolean =>
  unwrapped(stanza).getChild("jingle")?.attrs.action === "session-initiate";

/** Removes an attribute from all elements of a name. */
function forget(element: Element, name: string, attribute: string): void {
  if (element.is(name)) delete element.attrs[attribute];
  for (const child of element.getChildElements()) forget(child, name, attribute);
}

/** The IQ sets of the gateway whose result came at once, before any other request: `id device`. */
function acknowledged(wires: readonly WireEntry[]): ReadonlySet<string> {
  const asked = new Map<string, number>();
  const found = new Set<string>();
  for (const { out, at, bytes } of wires) {
    const stanza = parse(decoder.decode(bytes));
    const { id, from, to, type } = stanza.attrs;
    if (out && type === "set") asked.set(`${id} ${to}`, at);
    else if (!out && type !== "result") asked.clear();
    else if (!out && stanza.getChildElements().length === 0 && at - (asked.get(`${id} ${from}`) ?? -AT_ONCE) < AT_ONCE)
      found.add(`${id} ${from}`);
  }
  return found;
}
