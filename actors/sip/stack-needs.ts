/** What the SIP stack is given: its configuration, its clock and sockets, who may send requests, and its user. */
import type { Destination } from "../../protocol/sip/message.ts";
import type { Load } from "../load.ts";
import type { Log } from "../log.ts";
import type { Watch } from "../watch.ts";
import type { SocketsNeeds } from "./transport.ts";
import type { SipUser } from "./user.ts";

export interface SipNeeds extends SocketsNeeds {
  /** A new unguessable token of letters and digits. */
  readonly random: () => string;
  readonly log: Log;
  readonly load: Load;
  /** The maximum bytes of all server transactions together; `MOST_HELD` by default. */
  readonly mostHeld?: number;
  /** Whether a source may send requests outside dialogs. */
  allow(source: Destination): boolean;
  /** Whether CANCELs and responses are accepted only from the peer of their INVITE or request, and from allowed sources. */
  readonly strict: boolean;
  /** A readable message was received from this source. */
  heard?(source: Destination): void;
  readonly user: SipUser;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}
