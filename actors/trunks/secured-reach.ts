/**
 * The reach of a TLS-only trunk: its own authenticated connections.
 *
 * RFC 3261 §26.2, RFC 5626 §5.3. Rules: a message is the trunk's only if it came over a connection on which its certificate was
 * checked, even a BYE: an address proves nothing; all requests to it go to one of its own addresses, never to a host
 * in Contact or Record-Route, for which there is no certificate to check.
 */
import type { Destination } from "../../protocol/sip/message.ts";
import type { ReachPort } from "../sip/user.ts";

export class SecuredReach implements ReachPort {
  readonly strict = true;
  /** Whether the certificate of this trunk is also ours. */
  readonly #isShown: (trunk: string | undefined) => boolean;

  constructor(isShown: (trunk: string | undefined) => boolean) {
    this.#isShown = isShown;
  }

  isProxy({ trunk }: Destination): boolean {
    return this.#isShown(trunk);
  }

  isPassedOn({ trunk }: Destination): boolean {
    return this.#isShown(trunk);
  }

  isTrusted({ trunk }: Destination): boolean {
    return this.#isShown(trunk);
  }

  mayLead(): boolean {
    return false;
  }

  /** The trunk may set any next hop, since none is used. */
  mayName(_: Destination, { trunk }: Destination): boolean {
    return this.#isShown(trunk);
  }
}
