/**
 * The stanzas of a call as steps of a play.
 *
 * Rules: devices of plays acknowledge the gateway's IQs at once, so a result is said only where it came later or after something
 * else; then the IQ is `(unanswered)`, and its id is taken from it. Ids that the gateway makes of other values (those
 * of candidates) are free.
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

/** A device acknowledges by itself within so many milliseconds. */
const AT_ONCE = 50;

const decoder = new TextDecoder();

export class PlayXmpp {
  readonly #others: Others;
  /** IQs of the gateway that are acknowledged at once, by id and device. */
  readonly #atOnce: ReadonlySet<string>;
  /** The full JIDs that a call from a phone is offered to before anybody has spoken. */
  readonly #told: string[] = [];
  #hasSpoken = false;
  #isProposed = false;
  readonly #stanzas: readonly { readonly wire: WireEntry; readonly stanza: Element }[];
  /** Whether a proposal is for a device that was seen: one is online, or the server tells of all who are there. */
  readonly #wasThere: boolean;
  /** Whether it is known by now what the caps of plays stand for. */
  #isKnown = false;
  /** Whether somebody is online: a phone that calls hears at once that it rings. */
  readonly #isOnline: boolean;
  /** A device that has spoken first. */
  #speaker: string | undefined;
  /** Whether the phone offers data channels. */
  readonly #offersData: boolean;
  /** The devices as they are named on the wire, by their names in the play. */
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

  /** The step of a stanza; undefined for what devices of plays do by themselves, and for what cannot be said. */
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

  /** Whether a device that comes takes proposals: it is not called before it has spoken, though a proposal is out. */
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

  /** What a device must say of itself, to be told what it was told. */
  #clientOf(jid: string, messages: boolean): Client {
    const real = this.#realNames.get(jid);
    const told = this.#stanzas.filter(
      ({ wire, stanza }) => wire.out && (wrappedTo(stanza) ?? stanza.attrs.to) === real,
    );
    const hears = (namespace: string): boolean => told.some(({ stanza }) => String(stanza).includes(namespace));
    const dataChannels = hears(DTLS_SCTP) || (!messages && !this.#offersData);
    return { messages, dataChannels, categories: hears(CATEGORY) };
  }

  /** Who must be online: whoever is told at once, or somebody at least, where a phone hears at once that it rings. */
  get online(): readonly string[] {
    const isSomebody = this.#isOnline && !this.#isProposed && this.#told.length === 0;
    if (isSomebody) return [`juliet@${PLAY.users}/balcony`];
    return this.#told.filter((jid) => isSilent(this.#clientOf(jid, false)));
  }

  /**
   * What must have happened before: devices have said what they take; where a call is proposed to somebody, one of them that it takes
   * proposals.
   */
  get before(): string[] {
    return [...this.#withCaps, ...this.#withMessages];
  }

  /** The devices that are called directly and have said something of themselves. */
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

/** Whether a phone hears 180 at once, before anybody but it has spoken; 100 is nothing. */
function ringsAtOnce(wires: readonly WireEntry[]): boolean {
  const [first] = wires;
  const next = wires.find(({ wire, out, bytes }) =>
    wire === "xmpp" ? !out : out && !decoder.decode(bytes).startsWith("SIP/2.0 100"),
  );
  if (first === undefined || next?.wire !== "sip") return false;
  return next.at - first.at < AT_ONCE && decoder.decode(next.bytes).startsWith("SIP/2.0 18");
}

/** An element, line by line; line ends in a value are written as what they are. */
const linesOf = (element: Element): string[] =>
  pretty(element)
    .replace(/="[^"]*"/g, (value) => value.replaceAll("\r", "&#13;").replaceAll("\n", "&#10;"))
    .split("\n");

/** To whom a server says a stanza for us. */
function wrappedTo(stanza: Element): string | undefined {
  const inside = unwrapped(stanza);
  return inside === stanza ? undefined : String(inside.attrs.to);
}

const isInitiate = (stanza: Element): boolean =>
  unwrapped(stanza).getChild("jingle")?.attrs.action === "session-initiate";

/** Leaves an attribute out of all elements of a name. */
function forget(element: Element, name: string, attribute: string): void {
  if (element.is(name)) delete element.attrs[attribute];
  for (const child of element.getChildElements()) forget(child, name, attribute);
}

/** The IQ sets of the gateway whose result comes before anything else does, and at once: `id device`. */
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
