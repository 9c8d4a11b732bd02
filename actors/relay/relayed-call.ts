/**
 * One call whose media go by a relay: every SDP of it is rewritten there, and all its messages keep their order meanwhile.
 *
 * RFC 3264, RFC 3261 §13, §14. Rules: the relay knows the call by our tag, which no other leg has (a call that comes back
 * through a plain proxy has its Call-ID twice), and by one via-branch, without which another fork would get other ports; one queue
 * a direction. What fails: an offer of ours is answered 503 here, theirs is 503; an answer of theirs goes on without its SDP,
 * so it is unusable; instead of an answer of ours the phone gets 503 and the call ends. A call that is over asks nothing more.
 */
import type { Bencodes } from "../../protocol/bencode.ts";
import { audioOf, audioProtocolOf, hasVoice, plainOf } from "../../protocol/sdp/plain.ts";
import { SDP_TYPE, sdpOf } from "../../protocol/sip/body.ts";
import { withHeader } from "../../protocol/sip/fields.ts";
import type { Message } from "../../protocol/sip/message.ts";
import type { Log } from "../log.ts";
import type { Relayed } from "../watch.ts";
import { type RelayClient, RelayFailure } from "./client.ts";
import { flagsFor, type MediaTerms, type Purpose } from "./flags.ts";
import { JobQueue } from "./queue.ts";

/** A relayed call as it is saved. */
export interface SavedRelay {
  readonly at?: string | undefined;
  readonly protocol: string;
  readonly codecs: readonly string[];
}

export interface RelayedCallNeeds {
  /** Our tag, and the name that the relay knows the call by. */
  readonly tag: string;
  readonly name: string;
  /** The relay that the call stays with; none where none was up. */
  readonly client: RelayClient | undefined;
  readonly terms: MediaTerms;
  readonly log: Log;
}

/** Whose call it is. */
export interface RelayOwner {
  /** An answer of ours could not be given; what the chart says then is the call's. */
  readonly lost: (text: string) => void;
  /** The relay has made this of an SDP. */
  readonly made: (made: Relayed) => void;
}

export class RelayedCall {
  readonly tag: string;
  readonly name: string;
  readonly client: RelayClient | undefined;
  /** From the phone, and to it. */
  readonly inward: JobQueue;
  readonly outward: JobQueue;
  /** Nothing more is asked of the relay. */
  isOver = false;
  /** Whether a 503 has taken the place of our 200, so that there is no dialog. */
  isRefused = false;
  #owner: RelayOwner | undefined;
  /** What was made before there was a call: of the offer that it begins with. */
  #before: Relayed | undefined;
  readonly #log: Log;
  #terms: MediaTerms;
  /** Whether the relay has heard of it. */
  isKnown = false;

  constructor({ tag, name, client, terms, log }: RelayedCallNeeds) {
    this.tag = tag;
    this.name = name;
    this.client = client;
    this.#terms = terms;
    this.#log = log;
    const fault = (error: unknown): void =>
      log({ level: "error", event: "relay.fault", call: tag, error: String(error) });
    this.inward = new JobQueue(fault);
    this.outward = new JobQueue(fault);
  }

  attach(owner: RelayOwner): void {
    this.#owner = owner;
    if (this.#before) owner.made(this.#before);
    this.#before = undefined;
  }

  /** An answer of ours could not be given. */
  lost(text: string): void {
    this.#owner?.lost(text);
  }

  /** The message with what the relay makes of its SDP; rejects with a `RelayFailure`. `theirs` is the phone's tag. */
  async rewritten<Kind extends Message>(message: Kind, theirs: string | undefined, purpose: Purpose): Promise<Kind> {
    const sdp = audioOf(sdpOf(message));
    if (this.isOver) return message;
    if (purpose.to === "user") this.#learn(sdp);
    const made = await this.#ask(sdp, theirs, purpose).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log({ level: "warn", event: "relay.failed", call: this.tag, command: purpose.command, reason });
      throw error;
    });
    return { ...withHeader(message, SDP_TYPE), body: purpose.to === "phone" ? plainOf(audioOf(made)) : made };
  }

  /** The relay forgets the call, where it has heard of it. */
  async forget(): Promise<void> {
    if (!this.isKnown || !this.client) return;
    // what cannot be deleted now is found by its name when the relay is back (relay.ts)
    await this.client.ask("delete", { "call-id": this.name, "delete-delay": 0 }).catch(() => {});
  }

  /** What another process goes on with: where the relay is, and what it is asked for. */
  save(): SavedRelay {
    const at = this.client?.at;
    const { protocol, codecs } = this.#terms;
    return { at: at && `${at.host}:${at.port}`, protocol, codecs };
  }

  #made(made: Relayed): void {
    if (this.#owner) this.#owner.made(made);
    else this.#before = made;
  }

  /** A phone goes on as it has begun: keyed by SDES, or not. */
  #learn(sdp: string): void {
    const protocol = audioProtocolOf(sdp);
    if (protocol !== undefined) this.#terms = { ...this.#terms, protocol };
  }

  async #ask(sdp: string, theirs: string | undefined, purpose: Purpose): Promise<string> {
    this.isKnown = true;
    const isOurs = (purpose.to === "phone") === (purpose.command === "offer");
    const made = await this.#answer(purpose.command, {
      ...flagsFor(purpose, this.#terms),
      "call-id": this.name,
      "via-branch": this.name,
      "from-tag": isOurs ? this.tag : theirs,
      "to-tag": isOurs ? theirs : this.tag,
      sdp,
    });
    if (hasVoice(sdp) && !hasVoice(made)) throw new RelayFailure("no codec is left that phone and user have");
    return made;
  }

  /** What the relay answers, which the owner is told. */
  async #answer(command: Purpose["command"], needs: Bencodes): Promise<string> {
    try {
      if (!this.client) throw new RelayFailure("no media relay is up");
      const { sdp } = await this.client.ask(command, needs);
      if (typeof sdp !== "string") throw new RelayFailure("the relay gives no SDP");
      this.#made({ sdp });
      return sdp;
    } catch (error) {
      this.#made({ failed: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }
}
