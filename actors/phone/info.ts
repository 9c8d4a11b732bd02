/**
 * What one call says by INFO, both ways: candidates, and keys pressed.
 *
 * RFC 8840 (trickle-ice), RFC 6086 (INFO packages), XEP-0181 (keys). Candidates outward to a peer that trickles: an
 * Info-Package with all candidates of the generation so far. To others, in profile `deployed`: the legacy INFO of
 * mod_jingle_sip, whose body is the whole description; in `precise` none. Rules: one INFO in flight in a dialog, what comes
 * meanwhile is aggregated; candidates wait for a dialog and are never lost (those of an INFO that failed go with the next),
 * keys go in their order; a fork that does not take INFO, or one kind of it, gets no more of it and the call goes on.
 */

import { readDtmfBody, type Tone, writeDtmfBody } from "../../protocol/dtmf.ts";
import type { Media, TransportUpdate } from "../../protocol/media/media.ts";
import type { Profile } from "../../protocol/reasons.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { readTrickleFragment, writeTrickleFragment } from "../../protocol/sdp/fragment.ts";
import { ACCEPT, RECV_INFO, TRICKLE_ICE } from "../../protocol/sip/capabilities.ts";
import type { Dialog } from "../../protocol/sip/dialog.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Field, Request } from "../../protocol/sip/message.ts";
import type { SessionTimer } from "../../protocol/sip/session-timer.ts";

/** Answers that say that a peer takes no INFO at all, and those that say that it does not want this kind. */
const NO_INFO = new Set([405, 501]);
const NOT_THIS_KIND = new Set([415, 469, 489]);

/** Keys that wait for their turn; nobody types so far ahead, and more are dropped. */
const MOST_TONES = 64;

/** One dialog of a call, early or confirmed. */
export interface Fork {
  dialog: Dialog;
  /** The peer takes RFC 8840 INFOs, as one of its messages in this dialog has said. */
  trickles: boolean;
  /** The peer takes UPDATE. */
  updates: boolean;
  /** Whether requests of ours may go out: as callee only after the ACK. */
  open: boolean;
  /** What the peer has last been told by INFO. */
  informed: Media | null;
  /** Whether an INFO of ours waits for its answer. */
  informing: boolean;
  /** Which INFOs the peer takes, as far as we know. */
  takes: { readonly candidates: boolean; readonly tones: boolean };
  /** The number of the last reliable provisional response of this dialog (RFC 3262 §4). */
  reliable: number | null;
  /** What the session-accept will tell, until there is a 2xx: the answer, or a later offer by UPDATE; or why it is none. */
  answer?: Media | Refusal | undefined;
  /** Whether a reliable response has brought one, so that our offer has had its answer (RFC 3262 §5). */
  answeredReliably?: boolean;
  /** Of the 2xx: the ACK to it, to be repeated with it, and its session timer. */
  ack?: Request;
  timer?: SessionTimer | null;
}

export interface PhoneInfoNeeds {
  readonly profile: Profile;
  /** The dialog to tell, once there is one. */
  readonly fork: () => Fork | undefined;
  readonly describe: (media: Media) => string;
  readonly send: (
    fork: Fork,
    headers: readonly Field[],
    body: string,
    final: (status: number, phrase: string) => void,
  ) => void;
  /** The peer does not know the dialog any more. */
  readonly lost: (status: number, phrase: string) => void;
}

export class PhoneInfo {
  readonly #needs: PhoneInfoNeeds;
  #media: Media | null = null;
  #tones: readonly Tone[] = [];

  constructor(needs: PhoneInfoNeeds) {
    this.#needs = needs;
  }

  /** The candidates of our side have changed: the peer is told as soon as it can be. */
  say(media: Media): void {
    this.#media = media;
    this.flush();
  }

  /** A key was pressed. */
  press(tone: Tone): void {
    if (this.#tones.length < MOST_TONES) this.#tones = [...this.#tones, tone];
    this.flush();
  }

  /** Says what waits, when a dialog has come up or an INFO has been answered. */
  flush(): void {
    const fork = this.#needs.fork();
    if (!fork || fork.informing) return;
    if (!this.#sayTone(fork)) this.#sayCandidates(fork);
  }

  #sayTone(fork: Fork): boolean {
    const [tone, ...others] = this.#tones;
    if (tone === undefined) return false;
    this.#tones = others;
    if (!fork.takes.tones) return this.#sayTone(fork);
    this.#send(fork, "tones", [["Content-Type", "application/dtmf-relay"]], writeDtmfBody(tone), () => this.flush());
    return true;
  }

  #sayCandidates(fork: Fork): void {
    const media = this.#media;
    if (!media || !fork.takes.candidates || fork.informed === media) return;
    if (!fork.trickles && this.#needs.profile === "precise") return;
    const [headers, body] = fork.trickles ? packaged(media) : legacy(this.#needs.describe(media));
    fork.informed = media;
    this.#send(fork, "candidates", headers, body, (status) => {
      const failed = status >= 300 && fork.takes.candidates;
      if (failed) fork.informed = null;
      // what has just failed waits for the next that is said, so that nothing goes round and round
      if (failed && this.#media === media) this.#sayTone(fork);
      else this.flush();
    });
  }

  #send(
    fork: Fork,
    kind: "candidates" | "tones",
    headers: readonly Field[],
    body: string,
    done: (status: number) => void,
  ): void {
    fork.informing = true;
    this.#needs.send(fork, headers, body, (status, phrase) => {
      fork.informing = false;
      if (NO_INFO.has(status)) fork.takes = { candidates: false, tones: false };
      if (NOT_THIS_KIND.has(status)) fork.takes = { ...fork.takes, [kind]: false };
      // another dialog is the call's by now: what becomes of this one is nobody's loss
      if (this.#needs.fork() !== fork) return;
      // RFC 3261 §12.2.1.2, for INFO only 481: a time-out of an INFO says nothing about the call
      if (status === 481) this.#needs.lost(status, phrase);
      if (this.#needs.fork() === fork) done(status);
    });
  }
}

const packaged = (media: Media): [readonly Field[], string] => [
  [
    ["Info-Package", TRICKLE_ICE],
    ["Content-Disposition", "Info-Package"], // RFC 6086 §4.3.1
    ["Content-Type", "application/trickle-ice-sdpfrag"],
  ],
  writeTrickleFragment(media),
];

// COMPAT MongooseIM mod_jingle_sip: an INFO without a package, its body an SDP
const legacy = (sdp: string): [readonly Field[], string] => [[["Content-Type", "application/sdp"]], sdp];

export type InfoRead = { update: TransportUpdate } | { tone: Tone } | undefined;

/** The candidates or the key that an INFO brings, nothing when it brings none, or why it is refused. */
export function readInfo(request: Request, offer: Media): InfoRead | Refusal {
  const wanted = header(request, "Info-Package")?.split(";")[0]?.trim().toLowerCase();
  if (wanted !== undefined && wanted !== TRICKLE_ICE) return new Refusal(`no package ${wanted}`, { status: 469 });
  if (request.body === "") return undefined;
  const type = header(request, "Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  try {
    const tone = readDtmfBody(type, request.body);
    if (tone) return { tone };
    if (type !== "application/sdp" && type !== "application/trickle-ice-sdpfrag")
      return new Refusal(`no body of type ${type}`, { status: 415 });
    return { update: readTrickleFragment(request.body, offer) };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What goes with a refused INFO: what we would take (RFC 6086 §4.2.2, RFC 3261 §21.4.13). */
export const infoRefused = (status: number): readonly Field[] =>
  status === 469 ? [RECV_INFO] : status === 415 ? [ACCEPT] : [];
