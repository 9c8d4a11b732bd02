/**
 * The sources of one call's messages, and what each may do: redirect our requests, change the call, end it.
 *
 * RFC 3261 §12.2: a dialog is identified by its tags. Rules: whoever has them may end the call, from anywhere, since a phone without a
 * proxy may move; everything else could redirect target, media or route, and is accepted only from the proxy, from `[sip] allow`, and from
 * hosts that this call uses: sources of its messages, or the next hop of our requests. With `[sip] strict` that applies to BYE, too. A
 * refused request changes nothing, not even the dialog's CSeq numbers.
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

const ELSEWHERE = new Refusal("this host does not belong to the dialog", { status: 403, warning: 399 });
const NOT_THEIRS = new Refusal("Contact contains an address that is not allowed", { status: 403, warning: 399 });

export class Heard {
  readonly #reach: ReachPort;
  /** The source hosts, without the proxy, which forwards other parties' messages. */
  #hosts: readonly string[] = NONE;
  /** Proxy addresses that have forwarded a message: they stay valid after the proxy's name resolves to another address. */
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

  /** The first source host other than the proxy, if any. */
  get first(): string | undefined {
    return this.#hosts[0];
  }

  /** Adds the source of a message of the other side. */
  add(source: Destination): void {
    const place = placeOf(source);
    if (this.#reach.isPassedOn(source)) this.#passers = withPlace(this.#passers, place);
    else this.#hosts = withPlace(this.#hosts, place);
  }

  /** Whether the other side may make us send there. */
  mayLead(to: Destination): boolean {
    return this.#reach.mayLead(to, this.#hosts);
  }

  /** Whether messages of this dialog are accepted from this source. */
  takes(dialog: Dialog, source: Destination): boolean {
    const place = placeOf(source);
    if (this.#reach.isTrusted(source) || this.#hosts.includes(place) || this.#passers.includes(place)) return true;
    const hop = hopOf(dialog);
    return normalAddress(hop.host) === place && this.mayLead({ ...hop, transport: "udp" });
  }

  /** The refusal of a request inside the dialog because of its source or its new target; undefined if it is accepted. */
  refusal(dialog: Dialog, request: Request, source: Destination): Refusal | undefined {
    const mayEnd = request.method === "BYE" && !this.#reach.strict;
    if (!mayEnd && !this.takes(dialog, source)) return ELSEWHERE;
    const moves = request.method === "INVITE" || request.method === "UPDATE";
    return !moves || this.#reach.mayName(hopOf(refreshTarget(dialog, request)), source) ? undefined : NOT_THEIRS;
  }
}

/** A host; over TLS with its trunk, since the address alone proves nothing. */
const placeOf = ({ host, trunk }: Destination): string =>
  trunk === undefined ? normalAddress(host) : `${trunk} ${normalAddress(host)}`;

/** A list, not a set, since nearly every call has one host. */
const withPlace = (places: readonly string[], place: string): readonly string[] =>
  places.length >= MOST || places.includes(place) ? places : [...places, place];
