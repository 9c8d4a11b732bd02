/**
 * The stanzas of a call as steps of a play.
 *
 * Rules: devices of plays acknowledge the gateway's IQs at once, so a result is said only where it came later or after something
 * else; then the IQ is `(unanswered)`, and its id is taken from it. Ids that the gateway makes of other values (those
 * of candidates) are free.
 */
import { type Element, parse } from "ltx/lib/ltx.js";
import { CAPS as CAPS_NAMESPACE, DISCO_INFO } from "../protocol/xmpp/namespaces.ts";
import type { WireEntry } from "./entries.ts";
import { type Others, PLAY } from "./exchange/others.ts";
import { exchangeXml } from "./exchange/xml.ts";
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

  constructor(others: Others, wires: readonly WireEntry[], { intercept }: Pick<Setting, "intercept">) {
    this.#others = others;
    this.#isOnline = ringsAtOnce(wires);
    this.#wasThere = this.#isOnline || intercept;
    this.#stanzas = wires
      .filter(({ wire }) => wire === "xmpp")
      .map((wire) => ({ wire, stanza: parse(decoder.decode(wire.bytes)) }));
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
    delete other.attrs[wire.out ? "to" : "from"];
    if (isComing(stanza) && this.#takesProposals(wire)) return this.#comes(device);
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

  #comes(device: string): string {
    const isKnown = this.#isKnown || this.#wasThere;
    this.#isKnown = true;
    return isKnown ? comes(device) : comesAndIsAsked(device);
  }

  /** Who must be online: whoever is told at once, or somebody at least, where a phone hears at once that it rings. */
  get online(): readonly string[] {
    const isSomebody = this.#isOnline && !this.#isProposed && this.#told.length === 0;
    return isSomebody ? [`juliet@${PLAY.users}/balcony`] : this.#told;
  }

  /** What must have happened before: where a call is proposed to somebody, one of their devices has said that it takes proposals. */
  get before(): string[] {
    if (!this.#isProposed || !this.#wasThere) return [];
    const device = deviceName(this.#speaker ?? `juliet@${PLAY.users}/another`);
    return [
      comesAndIsAsked(device),
      ...(this.#isOnline
        ? []
        : [stepText(`${device} > gateway`, [`<presence to='${PLAY.component}' type='unavailable'/>`])]),
    ];
  }
}

/** A client that takes Jingle messages, and the hash of what it says of itself (XEP-0115 §5). */
const NODE = "https://client.example";
const VER = "VXE1iHqg5EojvWov/n378HfijEc=";
const FEATURES =
  "<identity category='client' type='phone' name='Client'/><feature var='urn:xmpp:jingle:1'/><feature var='urn:xmpp:jingle-message:0'/>";
const CAPS = `<c xmlns='${CAPS_NAMESPACE}' hash='sha-1' node='${NODE}' ver='${VER}'/>`;
const ASKED = `<query xmlns='${DISCO_INFO}' node='${NODE}#${VER}'/>`;
const SAID = `<query xmlns='${DISCO_INFO}'>${FEATURES}</query>`;

const comes = (device: string): string =>
  stepText(`${device} > gateway`, [`<presence to='${PLAY.component}'>${CAPS}</presence>`]);

/** The first device with these caps is asked what they stand for. */
const comesAndIsAsked = (device: string): string =>
  [
    comes(device),
    stepText(`gateway > ${device}`, [`<iq type='get' id='{caps}'>${ASKED}</iq>`]),
    stepText(`${device} > gateway`, [`<iq type='result' id='{caps}' to='${PLAY.component}'>${SAID}</iq>`]),
  ].join("\n");

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
