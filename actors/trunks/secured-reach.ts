/**
 * How far a trunk that is talked to by TLS alone is followed: no further than its own connections.
 *
 * RFC 3261 §26.2, RFC 5626 §5.3. Rules: a message is its word where it came over a connection on which its certificate was checked, and only there,
 * its end of a call too: an address proves nothing; everything that we send it goes to one of its places, never to a host
 * that Contact or Record-Route names, whose certificate nobody would know.
 */
import type { Destination } from "../../protocol/sip/message.ts";
import type { ReachPort } from "../sip/user.ts";

export class SecuredReach implements ReachPort {
  readonly strict = true;
  /** Whether who has shown the certificate of this trunk has shown that of ours. */
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

  /** It may name what it likes, since nobody goes there. */
  mayName(_: Destination, { trunk }: Destination): boolean {
    return this.#isShown(trunk);
  }
}
