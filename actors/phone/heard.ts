/**
 * Where the messages of one call come from, and what that lets the other side do: lead our requests somewhere, change the call, end it.
 *
 * RFC 3261 §12.2: a dialog is known by its tags. Rules: whoever knows them may end the call, from anywhere, since a phone without a proxy moves;
 * all else, which would lead target, media or route away, is taken only from the proxy, from `[sip] allow`, and from a host that this call has
 * used: where its messages have come from, or where our requests go. With `[sip] strict` that holds for BYE, too. What is refused
 * changes nothing, the dialog's numbers neither.
 */
import { Refusal } from "../../protocol/refusal.ts";
import { type Dialog, hopOf, refreshTarget } from "../../protocol/sip/dialog.ts";
import type { Destination, Request } from "../../protocol/sip/message.ts";
import { normalAddress } from "../../protocol/special-address.ts";
import type { ReachPort } from "../sip/user.ts";
import type { SavedPhone } from "./saved.ts";

/** A phone that moves has a few addresses. */
const MOST = 8;
const NONE: readonly string[] = [];

const ELSEWHERE = new Refusal("this dialog is not spoken from there", { status: 403, warning: 399 });
const NOT_THEIRS = new Refusal("Contact names an address that is nobody's to name", { status: 403, warning: 399 });

export class Heard {
  readonly #reach: ReachPort;
  /** The hosts, besides the proxy, which passes on what others say. */
  #hosts: readonly string[] = NONE;
  /** The proxy's hosts that have passed something on: it goes on speaking from there where its name gets another address. */
  #passers: readonly string[] = NONE;

  constructor(reach: ReachPort) {
    this.#reach = reach;
  }

  save(): SavedPhone["heard"] {
    return { hosts: this.#hosts, passers: this.#passers };
  }

  restore({ hosts, passers }: SavedPhone["heard"]): void {
    this.#hosts = hosts;
    this.#passers = passers;
  }

  /** The first host, where there is any besides the proxy. */
  get first(): string | undefined {
    return this.#hosts[0];
  }

  /** A message of the other side has come from there. */
  add(source: Destination): void {
    const place = placeOf(source);
    if (this.#reach.isPassedOn(source)) this.#passers = withPlace(this.#passers, place);
    else this.#hosts = withPlace(this.#hosts, place);
  }

  /** Whether the other side may have us send there. */
  mayLead(to: Destination): boolean {
    return this.#reach.mayLead(to, this.#hosts);
  }

  /** Whether messages of this dialog may come from there. */
  takes(dialog: Dialog, source: Destination): boolean {
    const place = placeOf(source);
    if (this.#reach.isTrusted(source) || this.#hosts.includes(place) || this.#passers.includes(place)) return true;
    const hop = hopOf(dialog);
    return normalAddress(hop.host) === place && this.mayLead({ ...hop, transport: "udp" });
  }

  /** Why a request inside the dialog is refused for where it comes from, or for where it would lead us. */
  refusal(dialog: Dialog, request: Request, source: Destination): Refusal | undefined {
    const mayEnd = request.method === "BYE" && !this.#reach.strict;
    if (!mayEnd && !this.takes(dialog, source)) return ELSEWHERE;
    const moves = request.method === "INVITE" || request.method === "UPDATE";
    return !moves || this.#reach.mayName(hopOf(refreshTarget(dialog, request)), source) ? undefined : NOT_THEIRS;
  }
}

/** A host; by TLS the trunk there, whose address alone proves nothing. */
const placeOf = ({ host, trunk }: Destination): string =>
  trunk === undefined ? normalAddress(host) : `${trunk} ${normalAddress(host)}`;

/** A list and no set, since nearly every call has one host. */
const withPlace = (places: readonly string[], place: string): readonly string[] =>
  places.length >= MOST || places.includes(place) ? places : [...places, place];
