/** The options of a stage: the gateway's configuration, its peers, and the wires. */
import type { CallsConfig } from "../actors/calls/needs.ts";
import type { GatewayConfig, GatewayNeeds } from "../actors/gateway-config.ts";
import type { Rows } from "../actors/store/memory.ts";
import type { TrunkSettings } from "../actors/trunks/trunk.ts";
import type { Watch } from "../actors/watch.ts";
import type { Records } from "../protocol/sip/next-hops.ts";
import type { SimulatedClock } from "./clock.ts";
import type { PlayFailure } from "./missed.ts";

export interface StageOptions {
  readonly calls?: Partial<CallsConfig>;
  readonly sip?: Partial<GatewayConfig["sip"]>;
  /** Resolves host names from peers; by default they have no addresses. */
  readonly names?: GatewayNeeds["resolvePeer"];
  /** Whether juliet's server delegates her calls (integrations/). */
  readonly intercept?: true;
  /** The group of callers in the users' rosters (`[xmpp] caller_group`). */
  readonly callerGroup?: string;
  /** Providers and PBXs besides the proxy. */
  readonly trunks?: readonly TrunkSettings[];
  /** The routes that the registrar of the first has set (RFC 3608). */
  readonly routes?: readonly string[];
  /** The DNS records of their domains. */
  readonly records?: Records;
  /** Whether the gateway has a media relay. */
  readonly relay?: true | "as the play says";
  /** How many calls one caller may have there. */
  readonly relayShare?: number;
  /** Who is online; juliet's balcony when not said. */
  readonly online?: readonly string[];
  /** The phone also accepts connections, and answers on the existing one. */
  readonly byTcp?: true;
  /** The gateway listens for TLS, and a side without a connection opens one; the trunk's server presents its certificate. */
  readonly byTls?: true;
  /** Datagrams are lost; the text of the play seeds the choice. */
  readonly lossy?: true;
  /** The clock; by default one of its own. */
  readonly clock?: SimulatedClock;
  /** Observer of all messages and calls. */
  readonly watch?: Watch | undefined;
  /** Seed of the gateway's ids; several plays with one observer need different ones. */
  readonly seed?: number;
  /** The store; by default nothing is saved. */
  readonly saved?: Rows;
  /** Texts that a play uses by name. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Creates the error of a failed play; by default the cause itself. */
  readonly failure?: (failure: PlayFailure) => Error;
}
