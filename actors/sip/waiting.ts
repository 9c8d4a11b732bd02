/**
 * INVITEs when there are many: some begin at once, some wait for the next turn, and those too many are refused by their header alone.
 *
 * RFC 3261 §21.5.4 (503, Retry-After). Rules: everything but a new INVITE of somebody who may begin calls passes at once, so running
 * calls go first: requests with a To tag, INVITEs that have come before, ACK, BYE, CANCEL, responses. `FEW` INVITEs begin a
 * turn, so that a turn is short and the socket's buffer does not overflow; how many may wait, load.ts says. A CANCEL takes its INVITE
 * along. A refusal makes no transaction: its tag is marked, so its ACK is dropped unread. Strangers are refused where they always are (checks.ts).
 * Of four times what can be done three quarters are refused, so a refusal has to cost a twentieth of a call: `npm run bench:refusals`.
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

/** How many INVITEs begin a turn. */
const FEW = 8;
/** How the To tag of a refusal begins: with a character that no tag of a dialog has; then a word of this process, and a number. */
const REFUSED = "503.";
const latin1 = new TextDecoder("latin1");
const TAG = /;\s*tag\s*=/i;

/** A message as it came: `read` takes it, `refuse` answers an INVITE of which the header alone was read. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly source: Destination;
  read(): void;
  refuse(invite: Request, toTag: string): void;
}

export interface WaitingNeeds {
  readonly load: Load;
  /** Whether a source may begin calls. */
  allow(source: Destination): boolean;
  /** Whether an INVITE of this key has come before. */
  isKnown(key: string): boolean;
  /** A fresh token of letters and digits that nobody can guess. */
  random(): string;
}

export class WaitingInvites implements WaitingCalls {
  readonly #needs: WaitingNeeds;
  readonly #waiting = new Map<string, Arrival>();
  readonly #refused = new RefusedInvites();
  readonly #mark: string;
  #begun = 0;

  constructor(needs: WaitingNeeds) {
    this.#needs = needs;
    this.#mark = `${REFUSED}${needs.random().slice(0, 8)}`;
    needs.load.serve(this);
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Takes a message: at once, later or not at all. */
  take(arrival: Arrival): void {
    const { load } = this.#needs;
    const { bytes } = arrival;
    load.heard();
    if (isRequest(bytes, "INVITE")) return this.#invite(arrival);
    if (!this.#refused.isEmpty && isRequest(bytes, "ACK") && this.#isOfRefusal(bytes)) return;
    if (this.size > 0 && isRequest(bytes, "CANCEL")) this.#begin(keyOf(readCopied(bytes)));
    arrival.read();
  }

  /** A new turn: those that have waited longest begin. */
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

  #invite(arrival: Arrival): void {
    const { load, allow, isKnown } = this.#needs;
    this.#refused.seen();
    const isEasy = this.size === 0 && this.#begun < FEW && load.admits;
    if (isEasy && this.#refused.isEmpty) return this.#read(arrival);
    const invite = readCopied(arrival.bytes);
    const key = isNew(invite) ? keyOf(invite) : undefined;
    // one that cannot be read is refused where it is read
    if (invite === undefined || key === undefined || isKnown(key) || !allow(arrival.source)) return arrival.read();
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

  #read(arrival: Arrival): void {
    this.#begun++;
    arrival.read();
  }

  #refuse(arrival: Arrival, invite: Request, key: string, tag: string | undefined): void {
    const number = this.#needs.load.refused();
    const toTag = tag ?? `${this.#mark}${number.toString(36)}`;
    if (tag === undefined) this.#refused.add(key, toTag);
    arrival.refuse(invite, toTag);
  }

  /** Whether an ACK is for a refusal of ours: nobody else has such a tag. */
  #isOfRefusal(ack: Uint8Array): boolean {
    return latin1.decode(ack).includes(`tag=${this.#mark}`);
  }
}

/** The key of the INVITE that a request is, or cancels. */
function keyOf(request: Request | undefined): string | undefined {
  const key = request && attempt(() => serverKeyOf(request, "INVITE"));
  return key instanceof Refusal ? undefined : key;
}

/** Whether it is of no dialog, and can be answered. */
const isNew = (invite: Request | undefined): boolean =>
  invite !== undefined && (!TAG.test(header(invite, "To") ?? "") || tagIn(invite) === undefined);

/** The To tag; undefined where there is none, or it cannot be read. */
function tagIn(request: Request): string | undefined {
  const tag = attempt(() => tagOf(request, "To"));
  return tag instanceof Refusal ? undefined : tag;
}
