/** What a stage is like: the gateway's options, what is around it, and how the wires are. */
import type { CallsConfig } from "../actors/calls/needs.ts";
import type { GatewayConfig, GatewayNeeds } from "../actors/gateway.ts";
import type { Rows } from "../actors/store/memory.ts";
import type { TrunkSettings } from "../actors/trunks/trunk.ts";
import type { Watch } from "../actors/watch.ts";
import type { Records } from "../protocol/sip/next-hops.ts";
import type { SimulatedClock } from "./clock.ts";
import type { PlayFailure } from "./missed.ts";

export interface StageOptions {
  readonly calls?: Partial<CallsConfig>;
  readonly sip?: Partial<GatewayConfig["sip"]>;
  /** The addresses of the names that peers write; they have none when not said. */
  readonly names?: GatewayNeeds["resolvePeer"];
  /** Whether juliet's server hands her calls over (integrations/). */
  readonly intercept?: true;
  /** Providers and PBXs beside the proxy. */
  readonly trunks?: readonly TrunkSettings[];
  /** What the name server knows of their domains. */
  readonly records?: Records;
  /** Whether the gateway has a media relay. */
  readonly relay?: true | "as the play says";
  /** Who is online; juliet's balcony when not said. */
  readonly online?: readonly string[];
  /** The phone takes connections too, and answers on the one that there is. */
  readonly byTcp?: true;
  /** The gateway listens for TLS, and who says something without a connection makes one by it; the trunk's server shows its certificate. */
  readonly byTls?: true;
  /** Loses datagrams; which, the text of the play decides. */
  readonly lossy?: true;
  /** What tells the time; a clock of its own when not said. */
  readonly clock?: SimulatedClock;
  /** Who is told of all messages and calls. */
  readonly watch?: Watch | undefined;
  /** By which the gateway names things; where several plays are made for one watcher, each needs its own. */
  readonly seed?: number;
  /** What gateways have saved; without it nothing is saved. */
  readonly saved?: Rows;
  /** Texts that a play uses by name. */
  readonly texts?: Readonly<Record<string, string>>;
  /** What a play fails with; the fault itself, when not said. */
  readonly failure?: (failure: PlayFailure) => Error;
}
