/**
 * One call whose media go by a relay: every SDP of it is rewritten there, and all its messages keep their order meanwhile.
 *
 * RFC 3264, RFC 3261 §13, §14. Rules: the relay knows the call by our tag, which no other leg has (a call that comes back
 * through a plain proxy has its Call-ID twice), and by one via-branch, without which another fork would get other ports; one queue
 * a direction. What fails: an offer of ours is answered 503 here, theirs is 503; an answer of theirs goes on without its SDP,
 * so it is unusable; instead of an answer of ours the phone gets 503 and the call ends. A call that is over asks nothing more. One that the
 * relay has forgotten is made anew of what the phone has said last: the user answers that as the phone's ICE restart (look.ts).
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
  readonly phone?: Said | undefined;
}

/** A description as the phone has said it, with its tag. */
interface Said {
  readonly sdp: string;
  readonly tag: string;
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
  /** Whether the user has called the phone. */
  readonly isUserCalling: boolean;
  /** Whether an offer in the phone's place can be taken now. */
  readonly mayRenew: () => boolean;
  /** Such an offer; false where it cannot be taken, else `over` is told when nothing of it is open any more. */
  readonly renew: (sdp: string, over: () => void) => boolean;
}

/** How rtpengine says that it has no such call. */
const UNKNOWN = "Unknown call-id";
/**
 * Milliseconds. COMPAT stanza 12.22: where the user has called it begins ICE anew by itself when nothing comes any more, and ends a call
 * whose other side does that; where the user was called it waits to be asked.
 */
const PATIENCE = 20_000;
const OFFER_TO_USER: Purpose = { to: "user", command: "offer" };

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
  /** Whether our next SDP is the answer to what the relay has offered in the phone's place. */
  isAnew = false;
  /** Since when the relay is known to have forgotten it. */
  #forgotten: number | undefined;
  #phone: Said | undefined;
  /** What of the user's the phone has heard last. */
  #user = "";

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
    if (purpose.to === "phone") this.#user = sdp;
    else if (theirs !== undefined) this.#phone = { sdp, tag: theirs };
    return { ...withHeader(message, SDP_TYPE), body: purpose.to === "phone" ? plainOf(audioOf(made)) : made };
  }

  /** Asks whether the relay knows it, where it could be made anew, and has that done once it is time; whether it is forgotten. */
  async look(now: number): Promise<boolean> {
    const owner = this.#owner;
    if (this.isOver || this.isAnew || !this.isKnown || !this.#phone || !owner?.mayRenew()) return false;
    const fault = await this.client?.ask("query", { "call-id": this.name }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const isForgotten = fault instanceof RelayFailure && fault.said === UNKNOWN;
    this.#forgotten = isForgotten ? (this.#forgotten ?? now) : undefined;
    const isTime = now - (this.#forgotten ?? now) >= (owner.isUserCalling ? PATIENCE : 0);
    if (isForgotten && isTime) this.#renew();
    return isForgotten;
  }

  /** Whether it is known to be forgotten. */
  get isForgotten(): boolean {
    return this.#forgotten !== undefined;
  }

  /** The relay makes it anew, and the user is asked. */
  #renew(): void {
    this.inward.add(async () => {
      const [phone, owner] = [this.#phone, this.#owner];
      if (this.isOver || !phone || !owner?.mayRenew()) return;
      const made = await this.#ask(phone.sdp, phone.tag, OFFER_TO_USER).catch(() => undefined);
      if (made === undefined) return;
      this.#log({ level: "warn", event: "relay.call.anew", call: this.tag });
      this.isAnew = true;
      const over = (): void => {
        this.isAnew = false;
      };
      if (!this.isOver && owner.renew(made, over)) return;
      over();
      await this.forget();
    });
  }

  /** The phone has answered what the relay has made anew: the relay hears of what is not as before, as an offer that the user has answered. */
  async heardAnew(sdp: string, theirs: string | undefined): Promise<void> {
    const before = this.#phone;
    if (this.isOver || sdp === "" || theirs === undefined || !before) return;
    this.#phone = { sdp, tag: theirs };
    if (mediaOf(sdp) === mediaOf(before.sdp)) return;
    await this.#ask(sdp, theirs, OFFER_TO_USER);
    await this.#ask(this.#user, theirs, { to: "phone", command: "answer" });
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
    return { at: at && `${at.host}:${at.port}`, protocol, codecs, phone: this.#phone };
  }

  /** Goes on as it was saved. */
  restore({ phone }: SavedRelay): void {
    this.isKnown = true;
    this.#phone = phone;
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

/** What is said of the media: o= may change without any of it. */
const mediaOf = (sdp: string): string => (sdp.match(/^[cma]=[^\r\n]*/gm) ?? []).join();
