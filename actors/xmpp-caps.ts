/**
 * Which devices take Jingle Message Initiation: XEP-0115 §8, by their caps, and by asking what caps we do not know.
 *
 * Rules: caps are asked for once, and what a device answers is believed of others with the same caps only when it fits
 * their hash; else of that device alone. Until the answer is there a device counts as one that takes none, and is called
 * directly. Bounds: `MOST_CAPS` caps and `MOST_DEVICES` devices that speak for themselves; the oldest give way.
 */
import { featuresIn, verificationText } from "../protocol/caps.ts";
import { DISCO_INFO } from "../protocol/disco.ts";
import { JINGLE_MESSAGE } from "../protocol/namespaces.ts";
import type { Answer } from "./xmpp-requests.ts";

const MOST_CAPS = 10_000;
const MOST_DEVICES = 10_000;

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
  /** Whether devices of these caps take messages; null while that is asked. */
  readonly #known = new Map<string, boolean | null>();
  /** Devices whose answer does not fit their caps. */
  readonly #byDevice = new Map<string, boolean>();

  constructor(needs: CapsNeeds) {
    this.#needs = needs;
  }

  /** A device said its caps; undefined where it has none that can be verified. */
  seen(device: string, node: string | undefined): void {
    const known = node === undefined ? false : this.#known.get(node);
    if (node !== undefined && known === undefined) this.#ask(device, node);
    else if (typeof known === "boolean") this.#needs.judged(device, known);
  }

  takesMessages(device: string, node: string | undefined): boolean {
    return this.#byDevice.get(device) ?? (node !== undefined && this.#known.get(node) === true);
  }

  left(device: string): void {
    this.#byDevice.delete(device);
  }

  #ask(device: string, node: string): void {
    bounded(this.#known, MOST_CAPS).set(node, null);
    this.#needs.ask(device, node, ({ payload }) => {
      const query = payload?.is("query", DISCO_INFO) ? payload : undefined;
      const takes = query !== undefined && featuresIn(query).includes(JINGLE_MESSAGE);
      const isVerified = query !== undefined && node.endsWith(`#${this.#needs.sha1(verificationText(query))}`);
      if (isVerified) this.#known.set(node, takes);
      else this.#known.delete(node); // no answer, or none that fits: the next device is asked again
      if (query && !isVerified) bounded(this.#byDevice, MOST_DEVICES).set(device, takes);
      this.#needs.judged(device, takes);
    });
  }
}

/** A table with room for one more. */
function bounded<Value>(table: Map<string, Value>, most: number): Map<string, Value> {
  const [oldest] = table.keys();
  if (table.size >= most && oldest !== undefined) table.delete(oldest);
  return table;
}
