/**
 * INFO in one call, both ways: candidates, and keys pressed.
 *
 * RFC 8840 (trickle-ice), RFC 6086 (INFO packages), XEP-0181 (keys). Candidates outward to a peer that trickles: an
 * Info-Package with all candidates of the generation so far. To others, in profile `deployed`: the legacy INFO of
 * mod_jingle_sip, whose body is the whole description; in `precise` none, nor to anybody where the media go by a relay.
 * Rules: one INFO in flight in a dialog, what comes meanwhile is aggregated; candidates wait for a dialog and are never lost
 * (those of an INFO that failed go with the next), keys go in their order; a fork that does not take INFO, or one kind of
 * it, gets no more of it and the call goes on.
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

/** Answers that say that a peer takes no INFO at all, and those that say that it does not want this kind. */
const NO_INFO = new Set([405, 501]);
const NOT_THIS_KIND = new Set([415, 469, 489]);

/** Keys that wait for their turn; nobody types so far ahead, and more are dropped. */
const MOST_TONES = 64;

type Kind = "takesCandidates" | "takesTones";

export class PhoneInfo {
  readonly #line: Line;
  readonly #forks: Forks;
  readonly #description: Description;
  #media: Media | null = null;
  /** Keys that wait for their turn. */
  #tones: readonly Tone[] | undefined;

  constructor(line: Line, forks: Forks, description: Description) {
    this.#line = line;
    this.#forks = forks;
    this.#description = description;
  }

  /** The candidates of our side have changed: the peer is told as soon as it can be. */
  say(media: Media): void {
    this.#media = media;
    this.flush();
  }

  /** A key was pressed. */
  press(tone: Tone): void {
    const tones = this.#tones ?? [];
    if (tones.length < MOST_TONES) this.#tones = [...tones, tone];
    this.flush();
  }

  /** Says what waits, when a dialog has come up or an INFO has been answered. */
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
      // what has just failed waits for the next that is said, so that nothing goes round and round
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
      // another dialog is the call's by now: what becomes of this one is nobody's loss
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

/** The candidates or the key that an INFO brings, nothing when it brings none, or why it is refused. */
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
    // behind a relay the phone's own addresses are of no use to the user
    return relayed ? undefined : { update: readTrickleFragment(text, offer) };
  });
}

/** What goes with a refused INFO: what we would take (RFC 6086 §4.2.2, RFC 3261 §21.4.13). */
export const infoRefused = (status: number, relayed: boolean): readonly Field[] =>
  status === 469 ? [relayed ? NO_PACKAGES : RECV_INFO] : status === 415 ? [ACCEPT] : [];
