/**
 * The commands about one call to its media relay: offer, answer, query and delete of the ng protocol.
 *
 * Rules: the relay identifies the call by our tag, which no other leg has (a call that comes back through a plain proxy has its Call-ID
 * twice), and by one via-branch, without which another fork would get other ports.
 */
import type { Bencodes } from "../../protocol/bencode.ts";
import { audioProtocolOf, hasVoice } from "../../protocol/sdp/plain.ts";
import type { Relayed } from "../watch.ts";
import { type RelayClient, RelayFailure } from "./client.ts";
import { flagsFor, type MediaTerms, type Purpose } from "./flags.ts";

/** rtpengine's error for an unknown call. */
const UNKNOWN = "Unknown call-id";

/** Whether a command failed because the relay does not know the call. */
export const isUnknown = (fault: unknown): boolean => fault instanceof RelayFailure && fault.said === UNKNOWN;

export interface CallAtRelayOptions {
  /** Our tag, and the call's name at the relay. */
  readonly tag: string;
  readonly name: string;
  /** The relay that the call stays with; undefined if none was up. */
  readonly client: RelayClient | undefined;
  readonly terms: MediaTerms;
}

export class CallAtRelay {
  readonly tag: string;
  readonly client: RelayClient | undefined;
  readonly #name: string;
  readonly #made: (made: Relayed) => void;
  #terms: MediaTerms;
  /** Whether the relay has got a command for it. */
  isKnown = false;

  /** `made` is told the result of every offer and answer. */
  constructor({ tag, name, client, terms }: CallAtRelayOptions, made: (made: Relayed) => void) {
    this.tag = tag;
    this.client = client;
    this.#name = name;
    this.#terms = terms;
    this.#made = made;
  }

  get terms(): MediaTerms {
    return this.#terms;
  }

  /** The phone keeps the RTP profile of its SDP: with SDES, or without. */
  keepProfileOf(sdp: string): void {
    const protocol = audioProtocolOf(sdp);
    if (protocol !== undefined) this.#terms = { ...this.#terms, protocol };
  }

  /** What the relay makes of an SDP; `theirs` is the phone's tag. Rejects with a `RelayFailure`. */
  async rewrite(sdp: string, theirs: string | undefined, purpose: Purpose): Promise<string> {
    this.isKnown = true;
    const isOurs = (purpose.to === "phone") === (purpose.command === "offer");
    const made = await this.#ask(purpose.command, {
      ...flagsFor(purpose, this.#terms),
      "call-id": this.#name,
      "via-branch": this.#name,
      "from-tag": isOurs ? this.tag : theirs,
      "to-tag": isOurs ? theirs : this.tag,
      sdp,
    });
    if (hasVoice(sdp) && !hasVoice(made)) throw new RelayFailure("phone and user have no codec in common");
    return made;
  }

  /** Queries it; true if the relay does not know it. */
  async isLost(): Promise<boolean> {
    const fault = await this.client?.ask("query", { "call-id": this.#name }).then(
      () => undefined,
      (error: unknown) => error,
    );
    return isUnknown(fault);
  }

  /** Deletes it, if the relay has got a command for it. */
  async delete(): Promise<void> {
    if (!this.isKnown || !this.client) return;
    // a call that cannot be deleted now is found by its name when the relay is back (relay.ts)
    await this.client.ask("delete", { "call-id": this.#name, "delete-delay": 0 }).catch(() => {});
  }

  async #ask(command: Purpose["command"], parameters: Bencodes): Promise<string> {
    try {
      if (!this.client) throw new RelayFailure("no media relay is up");
      const { sdp } = await this.client.ask(command, parameters);
      if (typeof sdp !== "string") throw new RelayFailure("the relay returned no SDP");
      this.#made({ sdp });
      return sdp;
    } catch (error) {
      this.#made({ failed: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }
}
