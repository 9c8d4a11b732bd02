/**
 * INFO in one call, both ways: candidates, and DTMF.
 *
 * RFC 8840 (trickle-ice), RFC 6086 (INFO packages), XEP-0181 (DTMF). Candidates toward a peer that trickles: an
 * Info-Package with all candidates of the generation so far. Toward others, in profile `deployed`: the legacy INFO of
 * mod_jingle_sip, whose body is the whole description; in `precise` none, and with a media relay to nobody.
 * Rules: one INFO in flight per dialog, later candidates are aggregated; candidates wait for a dialog and are never lost
 * (those of a failed INFO go with the next one), tones keep their order; a fork that rejects INFO, or one kind of
 * it, gets no more of it and the call continues.
 */
import { readDtmfBody, type Tone, writeDtmfBody } from "../../protocol/dtmf.ts";
import type { Media, TransportUpdate } from "../../protocol/media/media.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readTrickleFragment, writeTrickleFragment } from "../../protocol/sdp/fragment.ts";
import { bodyOf, SDP_TYPE } from "../../protocol/sip/body.ts";
import { ACCEPT, RECV_INFO, TRICKLE_ICE } from "../../protocol/sip/capabilities.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Field, Request } from "../../protocol/sip/message.ts";
import { ask } from "./ask.ts";
import type { Description } from "./description.ts";
import type { Fork } from "./fork.ts";
import type { Forks } from "./forks.ts";
import type { Line } from "./line.ts";

/** Statuses of a peer that supports no INFO at all, and of one that rejects this kind. */
const NO_INFO = new Set([405, 501]);
const NOT_THIS_KIND = new Set([415, 469, 489]);

/** The maximum number of waiting tones; further ones are dropped. */
const MOST_TONES = 64;

type Kind = "takesCandidates" | "takesTones";

export class PhoneInfo {
  readonly #line: Line;
  readonly #forks: Forks;
  readonly #description: Description;
  #media: Media | null = null;
  /** Tones waiting for their turn. */
  #tones: readonly Tone[] | undefined;

  constructor(line: Line, forks: Forks, description: Description) {
    this.#line = line;
    this.#forks = forks;
    this.#description = description;
  }

  /** The candidates of our side have changed: the peer gets them as soon as possible. */
  say(media: Media): void {
    this.#media = media;
    this.flush();
  }

  /** The user has pressed a key. */
  press(tone: Tone): void {
    const tones = this.#tones ?? [];
    if (tones.length < MOST_TONES) this.#tones = [...tones, tone];
    this.flush();
  }

  /** Sends what is waiting, after a dialog was created or an INFO answered. */
  flush(): void {
    const fork = this.#forks.speaking;
    if (!fork || fork.informing) return;
    if (!this.#sayTone(fork)) this.#sayCandidates(fork);
  }

  #sayTone(fork: Fork): boolean {
    const tones = this.#tones;
    if (!fork.takesTones) this.#tones = undefined;
    const [tone, ...others] = tones ?? [];
    if (tone === undefined || !fork.takesTones) return false;
    this.#tones = others.length === 0 ? undefined : others;
    const headers: Field[] = [["Content-Type", "application/dtmf-relay"]];
    this.#send(fork, "takesTones", headers, writeDtmfBody(tone), () => this.flush());
    return true;
  }

  #sayCandidates(fork: Fork): void {
    const media = this.#media;
    if (!media || !fork.takesCandidates || fork.informed === media || this.#line.chart.relayed) return;
    if (!fork.trickles && this.#line.needs.config.profile === "precise") return;
    const [headers, body] = fork.trickles ? packaged(media) : legacy(this.#description.write(media, false));
    fork.informed = media;
    this.#send(fork, "takesCandidates", headers, body, (status) => {
      const failed = status >= 300 && fork.takesCandidates;
      if (failed) fork.informed = null;
      // candidates that just failed wait for the next change, so that there is no loop
      if (failed && this.#media === media) this.#sayTone(fork);
      else this.flush();
    });
  }

  #send(fork: Fork, kind: Kind, headers: readonly Field[], body: string, done: (status: number) => void): void {
    fork.informing = true;
    ask(this.#line, fork, { method: "INFO", headers, body }, (status, phrase) => {
      fork.informing = false;
      if (NO_INFO.has(status)) fork.takesCandidates = fork.takesTones = false;
      if (NOT_THIS_KIND.has(status)) fork[kind] = false;
      // another dialog is the call's by now: the outcome of this one does not matter
      if (this.#forks.speaking !== fork) return;
      // RFC 3261 §12.2.1.2, for INFO only 481: a time-out of an INFO says nothing about the call
      if (status === 481) this.#line.chart.deliver({ type: "sip.dialog.lost", status, phrase });
      if (this.#forks.speaking === fork) done(status);
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
const legacy = (sdp: string): [readonly Field[], string] => [[SDP_TYPE], sdp];

const NO_PACKAGES: Field = [RECV_INFO[0], ""];

export type InfoRead = { update: TransportUpdate } | { tone: Tone } | undefined;

/** The candidates or the tone in an INFO, undefined if there is neither, or why it is refused. */
export function readInfo(request: Request, offer: Media, relayed: boolean): InfoRead | Refusal {
  const wanted = header(request, "Info-Package")?.split(";")[0]?.trim().toLowerCase();
  if (wanted !== undefined && (wanted !== TRICKLE_ICE || relayed))
    return new Refusal(`no package ${wanted}`, { status: 469 });
  if (request.body === "") return undefined;
  const { type, text } = bodyOf(request);
  return attempt(() => {
    if (type === undefined) throw new Refusal("no body of a type that is taken", { status: 415 });
    const tone = readDtmfBody(type, text);
    if (tone) return { tone };
    // behind a relay the phone's own addresses are useless to the user
    return relayed ? undefined : { update: readTrickleFragment(text, offer) };
  });
}

/** Fields of a refused INFO: what we accept (RFC 6086 §4.2.2, RFC 3261 §21.4.13). */
export const infoRefused = (status: number, relayed: boolean): readonly Field[] =>
  status === 469 ? [relayed ? NO_PACKAGES : RECV_INFO] : status === 415 ? [ACCEPT] : [];
