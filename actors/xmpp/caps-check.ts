/**
 * Which devices support Jingle Message Initiation (JMI, XEP-0353), which require ICE, and which support data channels or
 * categories: known by their entity capabilities (XEP-0115 §8); unknown ones are asked.
 *
 * Rules: each caps hash is queried once. The answer is used for all devices with this hash if it matches the hash, else for
 * that device only. Until it has come, a device counts as one without JMI that does not require ICE, and is called directly; it may
 * support data channels.
 * A user's devices are queried at most `MOST_ASKED` times a minute; a further one is queried at its next presence, and unknown until then.
 * Bounds: `MOST_CAPS` hashes, `MOST_DEVICES` devices with an answer of their own, `MOST_WAITING` devices waiting for one
 * answer; the oldest are dropped.
 */
import type { Element } from "@xmpp/xml";
import { PERHAPS, type Takes } from "../../protocol/media/suited.ts";
import { featuresIn, isAmbiguous, verificationText } from "../../protocol/xmpp/caps-hash.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import { CATEGORY, DISCO_INFO, DTLS_SCTP, ICE_UDP, JINGLE_MESSAGE, RAW_UDP } from "../../protocol/xmpp/namespaces.ts";
import type { Clock } from "../clock.ts";
import { Lately } from "../lately.ts";
import type { Answer } from "./requests.ts";

const MOST_CAPS = 10_000;
const MOST_DEVICES = 10_000;
const MOST_WAITING = 1_000;
const MOST_ASKED = 20;
const MINUTE = 60_000;

/** The features of a device that matter here. */
export interface Abilities extends Takes {
  /** Jingle Message Initiation (XEP-0353). */
  readonly messages: boolean;
  /**
   * It lists ICE and not raw-udp (XEP-0177), so it cannot talk to a phone without ICE.
   * COMPAT stanza 12: it throws on a raw-udp candidate, which has no protocol it can read, and never answers the IQ.
   */
  readonly iceAlone: boolean;
}

export interface CapsNeeds {
  readonly clock: Clock;
  /** Base64 SHA-1. */
  readonly sha1: (text: string) => string;
  /** Sends a disco#info request for a node to a device. */
  readonly ask: (device: string, node: string, answered: (answer: Answer) => void) => void;
  /** Called when it is known whether a device supports JMI. */
  readonly judged: (device: string, takes: boolean) => void;
}

export class CapsCheck {
  readonly #needs: CapsNeeds;
  readonly #asked: Lately;
  /** By caps node. */
  readonly #known = new Map<string, Abilities>();
  /** Devices that wait for an answer, by caps node; the first of them was asked. */
  readonly #waiting = new Map<string, string[]>();
  /** Devices whose answer does not match their caps hash. */
  readonly #byDevice = new Map<string, { readonly node: string; readonly can: Abilities }>();

  constructor(needs: CapsNeeds) {
    this.#needs = needs;
    this.#asked = new Lately(needs.clock, MINUTE);
  }

  /** A device has sent its caps; undefined if it has none that can be verified. */
  seen(device: string, node: string | undefined): void {
    const known = node === undefined ? UNKNOWN : this.#found(device, node);
    const waiting = this.#waiting.get(node ?? "");
    if (known !== undefined || node === undefined) this.#needs.judged(device, (known ?? UNKNOWN).messages);
    else if (waiting === undefined) this.#askOnce(device, node);
    else if (waiting.length < MOST_WAITING && !waiting.includes(device)) waiting.push(device);
  }

  of(device: string, node: string | undefined): Abilities {
    return this.#found(device, node ?? "") ?? UNKNOWN;
  }

  left(device: string): void {
    this.#byDevice.delete(device);
  }

  #found(device: string, node: string): Abilities | undefined {
    const own = this.#byDevice.get(device);
    return own?.node === node ? own.can : this.#known.get(node);
  }

  #hashOf = (query: Element): string => `#${this.#needs.sha1(verificationText(query))}`;

  /** Queries the device, unless the user's limit is reached. */
  #askOnce(device: string, node: string): void {
    if (this.#asked.take(bareJid(device), MOST_ASKED)) this.#ask(device, node);
    else this.#needs.judged(device, UNKNOWN.messages);
  }

  #ask(device: string, node: string): void {
    withRoom(this.#waiting, MOST_CAPS).set(node, [device]);
    this.#needs.ask(device, node, ({ payload }) => {
      const [, ...others] = this.#waiting.get(node) ?? [];
      this.#waiting.delete(node);
      const query = payload?.is("query", DISCO_INFO) ? payload : undefined;
      const can = query === undefined ? UNKNOWN : abilitiesIn(query);
      const isVerified = query !== undefined && !isAmbiguous(query) && node.endsWith(this.#hashOf(query));
      if (isVerified) withRoom(this.#known, MOST_CAPS).set(node, can);
      else if (query) withRoom(this.#byDevice, MOST_DEVICES).set(device, { node, can });
      this.#needs.judged(device, can.messages);
      // if the answer did not match, or none came, the next device is queried
      for (const other of others) this.seen(other, node);
    });
  }
}

/** Unknown device: assume no JMI, any transport, and data channels, which it can refuse. */
const UNKNOWN: Abilities = { messages: false, iceAlone: false, ...PERHAPS };

function abilitiesIn(query: Element): Abilities {
  const features = featuresIn(query);
  return {
    messages: features.includes(JINGLE_MESSAGE),
    iceAlone: features.includes(ICE_UDP) && !features.includes(RAW_UDP),
    dataChannels: features.includes(DTLS_SCTP),
    categories: features.includes(CATEGORY),
  };
}

/** The table, after dropping its oldest entry if it is full. */
function withRoom<Value>(table: Map<string, Value>, most: number): Map<string, Value> {
  const [oldest] = table.keys();
  if (table.size >= most && oldest !== undefined) table.delete(oldest);
  return table;
}
