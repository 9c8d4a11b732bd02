/**
 * Which devices take Jingle Message Initiation, and which cannot do without ICE: XEP-0115 §8, by their caps, and by asking
 * what caps we do not know.
 *
 * Rules: caps are asked for once, and what a device answers is believed of others with the same caps only when it fits
 * their hash; else of that device alone. Until the answer is there a device counts as one that takes none and can
 * do without, and is called directly. Bounds: `MOST_CAPS` caps, `MOST_DEVICES` devices that speak for themselves, `MOST_WAITING` that wait
 * for one answer; the oldest give way.
 */
import type { Element } from "@xmpp/xml";
import { featuresIn, verificationText } from "../../protocol/xmpp/caps.ts";
import { DISCO_INFO } from "../../protocol/xmpp/disco.ts";
import { ICE_UDP, JINGLE_MESSAGE, RAW_UDP } from "../../protocol/xmpp/namespaces.ts";
import type { Answer } from "./requests.ts";

const MOST_CAPS = 10_000;
const MOST_DEVICES = 10_000;
const MOST_WAITING = 1_000;

/** What a device says that it can, as far as it matters here. */
interface Abilities {
  /** Jingle Message Initiation (XEP-0353). */
  readonly messages: boolean;
  /**
   * It names ICE and not raw-udp (XEP-0177), so that it cannot talk to a phone without ICE.
   * COMPAT stanza 12: it throws on a raw-udp candidate, where it reads no protocol, and never answers the IQ.
   */
  readonly iceAlone: boolean;
}

export interface CapsNeeds {
  /** Base64 SHA-1. */
  readonly sha1: (text: string) => string;
  /** Asks a device for disco#info of a node. */
  readonly ask: (device: string, node: string, answered: (answer: Answer) => void) => void;
  /** It is known whether a device takes Jingle messages. */
  readonly judged: (device: string, takes: boolean) => void;
}

export class XmppCaps {
  readonly #needs: CapsNeeds;
  /** What devices of these caps can. */
  readonly #known = new Map<string, Abilities>();
  /** Who waits to hear what devices of these caps can; the first is asked. */
  readonly #waiting = new Map<string, string[]>();
  /** Devices whose answer does not fit the caps that they gave. */
  readonly #byDevice = new Map<string, { readonly node: string; readonly can: Abilities }>();

  constructor(needs: CapsNeeds) {
    this.#needs = needs;
  }

  /** A device said its caps; undefined where it has none that can be verified. */
  seen(device: string, node: string | undefined): void {
    const known = node === undefined ? NOTHING : this.#found(device, node);
    const waiting = this.#waiting.get(node ?? "");
    if (known !== undefined || node === undefined) this.#needs.judged(device, (known ?? NOTHING).messages);
    else if (waiting === undefined) this.#ask(device, node);
    else if (waiting.length < MOST_WAITING && !waiting.includes(device)) waiting.push(device);
  }

  of(device: string, node: string | undefined): Abilities {
    return this.#found(device, node ?? "") ?? NOTHING;
  }

  left(device: string): void {
    this.#byDevice.delete(device);
  }

  #found(device: string, node: string): Abilities | undefined {
    const own = this.#byDevice.get(device);
    return own?.node === node ? own.can : this.#known.get(node);
  }

  #ask(device: string, node: string): void {
    bounded(this.#waiting, MOST_CAPS).set(node, [device]);
    this.#needs.ask(device, node, ({ payload }) => {
      const [, ...others] = this.#waiting.get(node) ?? [];
      this.#waiting.delete(node);
      const query = payload?.is("query", DISCO_INFO) ? payload : undefined;
      const can = query === undefined ? NOTHING : abilitiesIn(query);
      const isVerified = query !== undefined && node.endsWith(`#${this.#needs.sha1(verificationText(query))}`);
      if (isVerified) bounded(this.#known, MOST_CAPS).set(node, can);
      else if (query) bounded(this.#byDevice, MOST_DEVICES).set(device, { node, can });
      this.#needs.judged(device, can.messages);
      // where the answer did not fit, or none came, the next of them is asked himself
      for (const other of others) this.seen(other, node);
    });
  }
}

/** Of whom nothing is known: no proposals, and whatever a session asks for may do. */
const NOTHING: Abilities = { messages: false, iceAlone: false };

function abilitiesIn(query: Element): Abilities {
  const features = featuresIn(query);
  return {
    messages: features.includes(JINGLE_MESSAGE),
    iceAlone: features.includes(ICE_UDP) && !features.includes(RAW_UDP),
  };
}

/** A table with room for one more. */
function bounded<Value>(table: Map<string, Value>, most: number): Map<string, Value> {
  const [oldest] = table.keys();
  if (table.size >= most && oldest !== undefined) table.delete(oldest);
  return table;
}
