/** What the SIP stack is given: its configuration, its clock and sockets, who may send requests, and its user. */
import type { Destination } from "../../protocol/sip/message.ts";
import type { TlsTerms } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Resolve } from "../hosts.ts";
import type { Load } from "../load.ts";
import type { Log } from "../log.ts";
import type { Watch } from "../watch.ts";
import type { Secure } from "./tls-listeners.ts";
import type { OpenSip } from "./transport.ts";
import type { SipUser } from "./user.ts";

export interface SipNeeds {
  readonly clock: Clock;
  /** A new unguessable token of letters and digits. */
  readonly random: () => string;
  readonly open: OpenSip;
  /** The TLS parameters of a trunk: its domain and authorities, our certificate. */
  readonly tls?: ((trunk: string) => TlsTerms | undefined) | undefined;
  /** The parameters of our TLS listener, if any. */
  readonly secure?: Secure | undefined;
  /** For the names in `configured`, and for those written by peers. */
  readonly resolve: Resolve;
  readonly resolvePeer: Resolve;
  readonly configured: readonly string[];
  /** The addresses to listen on, and to send from. */
  readonly bind: readonly string[];
  readonly port: number;
  /** Our host in Via. */
  readonly localHost: string;
  readonly log: Log;
  readonly load: Load;
  /** The maximum bytes of all server transactions together; `MOST_HELD` by default. */
  readonly mostHeld?: number;
  /** Whether a source may send requests outside dialogs. */
  allow(source: Destination): boolean;
  /** Whether CANCELs and responses are accepted only from the peer of their INVITE or request, and from allowed sources. */
  readonly strict: boolean;
  /** A TLS connection to a trunk was tried: why there is none, in words, "" where there is one. */
  tried?(trunk: string, why: string): void;
  /** A readable message was received from this source. */
  heard?(source: Destination): void;
  /** A socket failed too often, and is not reopened. */
  broken(why: string): void;
  readonly user: SipUser;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}
