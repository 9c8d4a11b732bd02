/**
 * INVITEs under load: some start at once, some wait for the next turn, and excess ones are refused after only their header is read.
 *
 * RFC 3261 §21.5.4 (503, Retry-After). Rules: everything but a new INVITE of a source that may start calls passes at once, so running
 * calls go first: requests with a To tag, copies of known INVITEs, ACK, BYE, CANCEL, responses. `FEW` INVITEs start per
 * turn, so that a turn is short and the socket's buffer does not overflow; load.ts decides how many may wait. A CANCEL starts its waiting
 * INVITE. A refusal creates no transaction: its tag is marked, so its ACK is dropped unread. Strangers are refused by checks.ts, as always.
 * At four times the capacity three quarters are refused, so a refusal may cost a twentieth of a call: `npm run bench:refusals`.
 */
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readCopied } from "../../protocol/sip/copied.ts";
import { header } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import { serverKeyOf } from "../../protocol/sip/match.ts";
import type { Destination, Request } from "../../protocol/sip/message.ts";
import { isRequest } from "../../protocol/sip/read.ts";
import type { Load, WaitingCalls } from "../load.ts";
import { RefusedInvites } from "./refused-invites.ts";

/** The number of INVITEs that start per turn. */
const FEW = 8;
/** The prefix of a refusal's To tag: it starts with a character that no dialog's tag starts with; then a token of this process, and a number. */
const REFUSED = "503.";
const latin1 = new TextDecoder("latin1");
const TAG = /;\s*tag\s*=/i;

/** A received message. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly source: Destination;
}

export interface WaitingNeeds<Arrived extends Arrival> {
  readonly load: Load;
  /** Whether a source may start calls. */
  allow(source: Destination): boolean;
  /** Whether an INVITE with this key was received before. */
  isKnown(key: string): boolean;
  /** A new unguessable token of letters and digits. */
  random(): string;
  /** Takes a message. */
  read(arrival: Arrived): void;
  /** Answers an INVITE of which the header alone was read. */
  refuse(arrival: Arrived, invite: Request, toTag: string): void;
}

export class WaitingInvites<Arrived extends Arrival> implements WaitingCalls {
  readonly #needs: WaitingNeeds<Arrived>;
  readonly #waiting = new Map<string, Arrived>();
  readonly #refused = new RefusedInvites();
  readonly #mark: string;
  #begun = 0;

  constructor(needs: WaitingNeeds<Arrived>) {
    this.#needs = needs;
    this.#mark = `${REFUSED}${needs.random().slice(0, 8)}`;
    needs.load.serve(this);
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Handles a message: at once, later or not at all. */
  take(arrival: Arrived): void {
    const { load } = this.#needs;
    const { bytes } = arrival;
    load.heard();
    if (isRequest(bytes, "INVITE")) return this.#invite(arrival);
    if (!this.#refused.isEmpty && isRequest(bytes, "ACK") && this.#isOfRefusal(bytes)) return;
    if (this.size > 0 && isRequest(bytes, "CANCEL")) this.#begin(keyOf(readCopied(bytes)));
    this.#needs.read(arrival);
  }

  /** A new turn: the INVITEs that have waited longest start. */
  goOn(): void {
    this.#begun = 0;
    for (const key of this.#waiting.keys()) {
      if (this.#begun >= FEW) return;
      this.#begin(key);
    }
  }

  clear(): void {
    this.#waiting.clear();
  }

  #invite(arrival: Arrived): void {
    const { load, allow, isKnown, read } = this.#needs;
    this.#refused.seen();
    const isEasy = this.size === 0 && this.#begun < FEW && load.admits;
    if (isEasy && this.#refused.isEmpty) return this.#read(arrival);
    const invite = readCopied(arrival.bytes);
    const key = isNew(invite) ? keyOf(invite) : undefined;
    // an unreadable one is refused by the regular reader
    if (invite === undefined || key === undefined || isKnown(key) || !allow(arrival.source)) return read(arrival);
    if (this.#waiting.has(key)) return;
    const tag = this.#refused.tagOf(key);
    if (tag !== undefined || !load.admits) return this.#refuse(arrival, invite, key, tag);
    if (isEasy) return this.#read(arrival);
    this.#waiting.set(key, arrival);
    load.waits();
  }

  #begin(key: string | undefined): void {
    const arrival = key === undefined ? undefined : this.#waiting.get(key);
    if (key === undefined || arrival === undefined) return;
    this.#waiting.delete(key);
    this.#needs.load.waits();
    this.#read(arrival);
  }

  #read(arrival: Arrived): void {
    this.#begun++;
    this.#needs.read(arrival);
  }

  #refuse(arrival: Arrived, invite: Request, key: string, tag: string | undefined): void {
    const number = this.#needs.load.refused();
    const toTag = tag ?? `${this.#mark}${number.toString(36)}`;
    if (tag === undefined) this.#refused.add(key, toTag);
    this.#needs.refuse(arrival, invite, toTag);
  }

  /** Whether an ACK is for a refusal of ours: no other tag has this mark. */
  #isOfRefusal(ack: Uint8Array): boolean {
    return latin1.decode(ack).includes(`tag=${this.#mark}`);
  }
}

/** The key of an INVITE, or of the INVITE that a CANCEL refers to. */
function keyOf(request: Request | undefined): string | undefined {
  const key = request && attempt(() => serverKeyOf(request, "INVITE"));
  return key instanceof Refusal ? undefined : key;
}

/** Whether it is outside dialogs, or its To cannot be read. */
const isNew = (invite: Request | undefined): boolean =>
  invite !== undefined && (!TAG.test(header(invite, "To") ?? "") || tagIn(invite) === undefined);

/** The To tag; undefined if there is none, or it cannot be read. */
function tagIn(request: Request): string | undefined {
  const tag = attempt(() => tagOf(request, "To"));
  return tag instanceof Refusal ? undefined : tag;
}
