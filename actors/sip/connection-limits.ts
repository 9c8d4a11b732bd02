/**
 * How many TCP connections may be open: in all, from one network, and from all strangers, which are sources that may not begin calls.
 *
 * Rules: only accepted connections are counted by their source; some of the total is kept for those that we make, and most of what one
 * network may have for the proxy and whoever else may begin calls.
 */
import type { Address } from "../../transports/transport.ts";
import { networkOf } from "./network.ts";

const MOST = 2_000;
const MOST_ACCEPTED = 1_800;
const MOST_FROM_STRANGERS = 500;
const MOST_FROM_ONE_STRANGER = 50;
const MOST_FROM_ONE_NETWORK = 1_000;

const ALL = "all";
const STRANGERS = "strangers";

export class ConnectionLimits {
  /** Accepted and still open: in all, by network, and from strangers. */
  readonly #accepted = new Map<string, number>();

  /** Whether one more may be made when so many are open. */
  mayConnect(open: number): boolean {
    return open < MOST;
  }

  /** Whether one more may be accepted when so many are open. A stranger is a source that may not begin calls. */
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
