/**
 * Candidates by INFO, both ways, for one call.
 *
 * RFC 8840 (trickle-ice), RFC 6086 (INFO packages). Outward to a peer that trickles: an Info-Package with all candidates
 * of the generation so far. To any other, in profile `deployed`: the legacy INFO of mod_jingle_sip, whose body is the
 * whole description; in `precise` none. Rules: one INFO in flight, what comes meanwhile is aggregated; candidates wait
 * for a dialog and are never lost; a peer that does not take INFO gets no more of them and the call goes on.
 */
import { ACCEPT, RECV_INFO, TRICKLE_ICE } from "../protocol/capabilities.ts";
import type { Dialog } from "../protocol/dialog.ts";
import type { Media, TransportUpdate } from "../protocol/media.ts";
import type { Profile } from "../protocol/reasons.ts";
import { Refusal } from "../protocol/refusal.ts";
import type { Field, Request } from "../protocol/sip.ts";
import { header } from "../protocol/sip-fields.ts";
import { readTrickleFragment, writeTrickleFragment } from "../protocol/trickle.ts";

/** Answers that say that a peer does not want such INFOs. */
const NOT_TAKEN = new Set([405, 415, 469, 489, 501]);

/** One dialog of a call, early or confirmed. */
export interface Fork {
  dialog: Dialog;
  /** The peer takes RFC 8840 INFOs. */
  readonly trickles: boolean;
  /** Whether requests of ours may go out: as callee only after the ACK. */
  open: boolean;
  /** What the peer has last been told by INFO. */
  informed: Media | null;
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
  #inFlight = false;
  #taken = true;

  constructor(needs: PhoneInfoNeeds) {
    this.#needs = needs;
  }

  /** The candidates of our side have changed: the peer is told as soon as it can be. */
  say(media: Media): void {
    this.#media = media;
    this.flush();
  }

  /** Says what waits, when a dialog has come up or an INFO has been answered. */
  flush(): void {
    const fork = this.#needs.fork();
    const media = this.#media;
    if (!media || !fork || this.#inFlight || !this.#taken || fork.informed === media) return;
    fork.informed = media;
    if (!fork.trickles && this.#needs.profile === "precise") return;
    this.#inFlight = true;
    const [headers, body] = fork.trickles ? packaged(media) : legacy(this.#needs.describe(media));
    this.#needs.send(fork, headers, body, (status, phrase) => this.#answered(status, phrase));
  }

  #answered(status: number, phrase: string): void {
    this.#inFlight = false;
    if (NOT_TAKEN.has(status)) this.#taken = false;
    // RFC 3261 §12.2.1.2, for INFO only 481: a time-out of an INFO says nothing about the call
    if (status === 481) return this.#needs.lost(status, phrase);
    this.flush();
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

/** The candidates that an INFO brings, nothing when it brings none, or why it is refused. */
export function readInfo(request: Request, offer: Media): TransportUpdate | undefined | Refusal {
  const wanted = header(request, "Info-Package")?.split(";")[0]?.trim().toLowerCase();
  if (wanted !== undefined && wanted !== TRICKLE_ICE) return new Refusal(`no package ${wanted}`, { status: 469 });
  if (request.body === "") return undefined;
  const type = header(request, "Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/sdp" && type !== "application/trickle-ice-sdpfrag")
    return new Refusal(`no body of type ${type}`, { status: 415 });
  try {
    return readTrickleFragment(request.body, offer);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What goes with a refused INFO: what we would take (RFC 6086 §4.2.2, RFC 3261 §21.4.13). */
export const infoRefused = (status: number): readonly Field[] =>
  status === 469 ? [RECV_INFO] : status === 415 ? [ACCEPT] : [];
