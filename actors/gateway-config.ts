/**
 * What a gateway is made of: its configuration, the options that can be reloaded, and what its owner injects.
 *
 * Rules: options are already checked (config.ts) and in the units of the actors (start/gateway-config.ts); everything with side effects,
 * such as clock, random numbers, sockets, log and store, is injected, so that a whole gateway runs in memory in tests.
 */
import type { Hash } from "../protocol/sip/digest.ts";
import type { Records } from "../protocol/sip/next-hops.ts";
import type { TlsServerTerms } from "../transports/transport.ts";
import type { CallsConfig } from "./calls/needs.ts";
import type { CallSettings } from "./calls/settings.ts";
import type { Clock } from "./clock.ts";
import type { Resolve } from "./hosts.ts";
import type { Log } from "./log.ts";
import type { RelayConfig } from "./relay/relay.ts";
import type { OpenSip } from "./sip/transport.ts";
import type { CallStore } from "./store/store.ts";
import type { TrunkSettings } from "./trunks/trunk.ts";
import type { TrunkFiles, TrunkLogins } from "./trunks/trunks.ts";
import type { Watch } from "./watch.ts";
import type { XmppConfig } from "./xmpp/config.ts";

export interface GatewayConfig {
  readonly sip: {
    readonly bind: readonly string[];
    readonly port: number;
    readonly localHost: string;
    /** Networks that may start calls, besides the proxy. */
    readonly allow: readonly string[];
    /** Whether messages inside a dialog are accepted only from its own hosts, the proxy and those networks. */
    readonly strict: boolean;
    /** The port and parameters of our TLS listener, if any. */
    readonly secure?: { readonly port: number; readonly terms: TlsServerTerms } | undefined;
  };
  readonly xmpp: XmppConfig;
  readonly calls: CallsConfig;
  /** Providers and PBXs besides the proxy. */
  readonly trunks?: readonly TrunkSettings[];
  readonly trunkFiles?: TrunkFiles | undefined;
  /** Media relays, if configured. */
  readonly relay?: RelayConfig | undefined;
  /** Milliseconds between two OPTIONS to the proxy (sip/proxy-check.ts); none are sent if it is left out. */
  readonly proxyInterval?: number;
  /** Milliseconds for running calls to end when the gateway stops. */
  readonly drainTimeout: number;
}

/** Options that may change while the gateway runs; they apply to new calls. */
export interface Reloadable extends CallSettings {
  readonly allow: GatewayConfig["sip"]["allow"];
  /** Authorities, certificates and keys of trunks; they apply to new connections. */
  readonly trunkFiles?: TrunkFiles | undefined;
  /** What trunks are logged in with. */
  readonly logins?: TrunkLogins | undefined;
  /** The parameters of our TLS listener; they apply to new connections. */
  readonly secureTerms?: TlsServerTerms | undefined;
}

export interface GatewayNeeds {
  readonly clock: Clock;
  /** A new unguessable token of letters and digits. */
  readonly random: () => string;
  readonly chance: () => number;
  readonly hash: Hash;
  readonly sha1: (text: string, encoding: "hex" | "base64") => string;
  readonly open: OpenSip;
  /** For configured host names, and for those written by peers. */
  readonly resolve: Resolve;
  readonly resolvePeer: Resolve;
  /** NAPTR and SRV of the trunks' domains; without them only their addresses are looked up. */
  readonly records?: Records;
  readonly log: Log;
  /** The store of calls, so that they outlive the process. */
  readonly store?: CallStore | undefined;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}
