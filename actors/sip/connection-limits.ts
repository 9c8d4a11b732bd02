/**
 * The maximum number of TCP connections: in all, from one network, and from all strangers, i.e. sources that may not start calls.
 *
 * Rules: only accepted connections are counted by source; part of the total is reserved for those that we open, and most of the
 * share of a network for the proxy and other sources that may start calls.
 */
import { networkOf } from "../../transports/network.ts";
import type { Address } from "../../transports/transport.ts";

const MOST = 2_000;
const MOST_ACCEPTED = 1_800;
const MOST_FROM_STRANGERS = 500;
const MOST_FROM_ONE_STRANGER = 50;
const MOST_FROM_ONE_NETWORK = 1_000;

const ALL = "all";
const STRANGERS = "strangers";

export class ConnectionLimits {
  /** Accepted connections still open: in all, by network, and from strangers. */
  readonly #accepted = new Map<string, number>();

  /** Whether we may open one more when `open` are open. */
  mayConnect(open: number): boolean {
    return open < MOST;
  }

  /** Whether one more may be accepted when `open` are open. A stranger is a source that may not start calls. */
  mayAccept(remote: Address, isStranger: boolean, open: number): boolean {
    const mostFromOne = isStranger ? MOST_FROM_ONE_STRANGER : MOST_FROM_ONE_NETWORK;
    const most = (of: string): number =>
      of === ALL ? MOST_ACCEPTED : of === STRANGERS ? MOST_FROM_STRANGERS : mostFromOne;
    return open < MOST && groupsOf(remote, isStranger).every((of) => (this.#accepted.get(of) ?? 0) < most(of));
  }

  accepted(remote: Address, isStranger: boolean): void {
    for (const of of groupsOf(remote, isStranger)) this.#accepted.set(of, (this.#accepted.get(of) ?? 0) + 1);
  }

  closed(remote: Address, isStranger: boolean): void {
    for (const of of groupsOf(remote, isStranger)) {
      const count = (this.#accepted.get(of) ?? 0) - 1;
      if (count > 0) this.#accepted.set(of, count);
      else this.#accepted.delete(of);
    }
  }
}

function groupsOf({ host }: Address, isStranger: boolean): string[] {
  const network = networkOf(host);
  return isStranger ? [ALL, network, STRANGERS] : [ALL, network];
}
