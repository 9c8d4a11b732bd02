/**
 * One call whose media go through a relay: the relay rewrites every SDP of it, and all its messages stay in order meanwhile.
 *
 * RFC 3264, RFC 3261 §13, §14. Rules: one queue per direction; a call that is over sends no commands (call-at-relay.ts).
 * Failures: our offer counts as answered with 503, theirs gets 503; an answer of theirs is passed on without its SDP, so it is
 * unusable; instead of our answer the phone gets 503 and the call ends. A call that the relay has lost is recreated from the phone's
 * last SDP: the user answers that as the phone's ICE restart (look.ts). If it was lost between offer and answer, the relay gets both
 * again; one side then still has an address of the lost call, so the call is recreated once it is established.
 */
import { mediaHostsIn } from "../../protocol/sdp/media-hosts.ts";
import { audioOf, plainOf } from "../../protocol/sdp/plain.ts";
import { SDP_TYPE, sdpOf } from "../../protocol/sip/body.ts";
import { withHeader } from "../../protocol/sip/fields.ts";
import type { Destination, Message } from "../../protocol/sip/message.ts";
import type { Log } from "../log.ts";
import type { Relayed } from "../watch.ts";
import { CallAtRelay, type CallAtRelayOptions, isUnknown } from "./call-at-relay.ts";
import { type RelayClient, UnfitMedia } from "./client.ts";
import type { Purpose } from "./flags.ts";
import { JobQueue } from "./queue.ts";

/** The saved state of a relayed call. */
export interface SavedRelay {
  readonly at?: string | undefined;
  readonly protocol: string;
  readonly codecs: readonly string[];
  readonly phone?: Said | undefined;
}

/** A description as sent by the phone, with its tag. */
interface Said {
  readonly sdp: string;
  readonly tag: string;
}

export interface RelayedCallOptions extends CallAtRelayOptions {
  readonly mayHaveMedia: MayHaveMedia;
  readonly log: Log;
  /** Logs a command that failed, or counts it. */
  readonly failed: (fields: object) => void;
}

/** Whether a message from there may have media sent to this host. */
export type MayHaveMedia = (host: string, source: Destination) => boolean;

/** Whose call it is. */
export interface RelayOwner {
  /** Our answer could not be sent; the chart decides what follows. */
  readonly lost: (text: string) => void;
  /** The relay has rewritten an SDP, or failed to. */
  readonly made: (made: Relayed) => void;
  /** Whether the user is the caller. */
  readonly isUserCalling: boolean;
  /** Whether an offer in the phone's place can be made now. */
  readonly mayRenew: () => boolean;
  /** Makes such an offer; false if it cannot be made, else `over` is called once it is closed. */
  readonly renew: (sdp: string, over: () => void) => boolean;
}

/**
 * Milliseconds. COMPAT stanza 12.22: as caller it restarts ICE by itself when no packets come any more, and ends a call
 * whose other side does so; as callee it waits for the other side.
 */
const PATIENCE = 20_000;
const OFFER_TO_USER: Purpose = { to: "user", command: "offer" };

export class RelayedCall {
  readonly tag: string;
  readonly #atRelay: CallAtRelay;
  /** From the phone, and to it. */
  readonly inward: JobQueue;
  readonly outward: JobQueue;
  /** Which phone has called, if one has. */
  caller: string | undefined;
  /** Nothing more is asked of the relay. */
  isOver = false;
  /** Whether a 503 has replaced our 200, so that there is no dialog. */
  isRefused = false;
  #owner: RelayOwner | undefined;
  /** The relay's result before there was a call: for its first offer. */
  #before: Relayed | undefined;
  readonly #log: Log;
  readonly #failed: RelayedCallOptions["failed"];
  readonly #mayHaveMedia: MayHaveMedia;
  /** Whether our next SDP is the answer to the offer that the relay made in the phone's place. */
  isAnew = false;
  /** The last offer that the relay has rewritten. */
  #offered: { readonly sdp: string; readonly theirs: string | undefined; readonly purpose: Purpose } | undefined;
  /** Whether one side has an address that the relay had before it lost the call. */
  #isStale = false;
  /** The time since when the relay is known to have lost it. */
  #forgotten: number | undefined;
  #phone: Said | undefined;
  /** The user's last SDP that the phone got. */
  #user = "";

  constructor({ mayHaveMedia, log, failed, ...atRelay }: RelayedCallOptions) {
    const { tag } = atRelay;
    this.tag = tag;
    this.#atRelay = new CallAtRelay(atRelay, (made) => this.#made(made));
    this.#mayHaveMedia = mayHaveMedia;
    this.#log = log;
    this.#failed = failed;
    const fault = (error: unknown): void =>
      log({ level: "error", event: "relay.fault", call: tag, error: String(error) });
    this.inward = new JobQueue(fault);
    this.outward = new JobQueue(fault);
  }

  get client(): RelayClient | undefined {
    return this.#atRelay.client;
  }

  attach(owner: RelayOwner): void {
    this.#owner = owner;
    if (this.#before) owner.made(this.#before);
    this.#before = undefined;
  }

  /** Our answer could not be sent. */
  lost(text: string): void {
    this.#owner?.lost(text);
  }

  /** The message with what the relay makes of its SDP; rejects with a `RelayFailure`. `theirs` is the phone's tag, `source` where it comes from. */
  async rewritten<Kind extends Message>(
    message: Kind,
    theirs: string | undefined,
    purpose: Purpose,
    source?: Destination,
  ): Promise<Kind> {
    const sdp = audioOf(sdpOf(message));
    if (this.isOver) return message;
    if (purpose.to === "user") this.#atRelay.keepProfileOf(sdp);
    const made = await this.#fit(sdp, source, () => this.#insist(sdp, theirs, purpose)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failed({ call: this.tag, command: purpose.command, reason });
      throw error;
    });
    if (purpose.command === "offer") this.#offered = { sdp, theirs, purpose };
    if (purpose.to === "phone") this.#user = sdp;
    else if (theirs !== undefined) this.#phone = { sdp, tag: theirs };
    return { ...withHeader(message, SDP_TYPE), body: purpose.to === "phone" ? plainOf(audioOf(made)) : made };
  }

  /** Checks whether the relay knows the call, if it could be recreated now, and recreates it when it is time; true if it is lost. */
  async look(now: number): Promise<boolean> {
    const owner = this.#owner;
    if (this.isOver || this.isAnew || !this.#atRelay.isKnown || !this.#phone || !owner?.mayRenew()) return false;
    if (this.#isStale) {
      await this.#atRelay.delete(); // else the relay would keep its ICE credentials, and the user would restart nothing
      this.#renew();
      return false;
    }
    const isForgotten = await this.#atRelay.isLost();
    this.#forgotten = isForgotten ? (this.#forgotten ?? now) : undefined;
    const isTime = now - (this.#forgotten ?? now) >= (owner.isUserCalling ? PATIENCE : 0);
    if (isForgotten && isTime) this.#renew();
    return isForgotten;
  }

  /** Whether the relay is known to have lost it. */
  get isForgotten(): boolean {
    return this.#forgotten !== undefined;
  }

  /** Has the relay recreate the call, and offers the result to the user. */
  #renew(): void {
    this.inward.add(async () => {
      const [phone, owner] = [this.#phone, this.#owner];
      if (this.isOver || !phone || !owner?.mayRenew()) return;
      const made = await this.#atRelay.rewrite(phone.sdp, phone.tag, OFFER_TO_USER).catch(() => undefined);
      if (made === undefined) return;
      this.#log({ level: "warn", event: "relay.call.anew", call: this.tag });
      this.isAnew = true;
      this.#isStale = false;
      const over = (): void => {
        this.isAnew = false;
      };
      if (!this.isOver && owner.renew(made, over)) return;
      over();
      await this.#atRelay.delete();
    });
  }

  /** The phone has answered what the relay has made anew: the relay hears of what is not as before, as an offer that the user has answered. */
  async heardAnew(sdp: string, theirs: string | undefined, source: Destination): Promise<void> {
    const before = this.#phone;
    if (this.isOver || sdp === "" || theirs === undefined || !before) return;
    if (mediaOf(sdp) === mediaOf(before.sdp)) return;
    await this.#fit(sdp, source, () => this.#atRelay.rewrite(sdp, theirs, OFFER_TO_USER));
    this.#phone = { sdp, tag: theirs };
    await this.#atRelay.rewrite(this.#user, theirs, { to: "phone", command: "answer" });
  }

  /** Deletes the call at the relay. */
  forget(): Promise<void> {
    return this.#atRelay.delete();
  }

  /** The state for another process: the relay's address, and its parameters. */
  save(): SavedRelay {
    const at = this.client?.at;
    const { protocol, codecs } = this.#atRelay.terms;
    return { at: at && `${at.host}:${at.port}`, protocol, codecs, phone: this.#phone };
  }

  /** Restores the saved state. */
  restore({ phone }: SavedRelay): void {
    this.#atRelay.isKnown = true;
    this.#phone = phone;
  }

  /** Asks, unless an SDP from there may not have media sent where it says. */
  async #fit(sdp: string, source: Destination | undefined, ask: () => Promise<string>): Promise<string> {
    const host = source && mediaHostsIn(sdp).find((each) => !this.#mayHaveMedia(each, source));
    if (host !== undefined) throw new UnfitMedia(`media would go to ${host}, where the phone is not`);
    return ask();
  }

  /** Asks; if the relay has lost the call since the offer, it gets that again before the answer. */
  async #insist(sdp: string, theirs: string | undefined, purpose: Purpose): Promise<string> {
    try {
      return await this.#atRelay.rewrite(sdp, theirs, purpose);
    } catch (fault) {
      const offered = this.#offered;
      if (purpose.command !== "answer" || !isUnknown(fault) || offered === undefined) throw fault;
      await this.#atRelay.rewrite(offered.sdp, offered.theirs ?? theirs, offered.purpose);
      this.#isStale = true;
      return this.#atRelay.rewrite(sdp, theirs, purpose);
    }
  }

  #made(made: Relayed): void {
    if (this.#owner) this.#owner.made(made);
    else this.#before = made;
  }
}

/** The media lines: o= may change without them. */
const mediaOf = (sdp: string): string => (sdp.match(/^[cma]=[^\r\n]*/gm) ?? []).join();
