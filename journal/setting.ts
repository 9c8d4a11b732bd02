/**
 * The gateway's configuration as needed by a play of a recorded call, in plain JSON: names, options and timers.
 *
 * Secrets are not part of it: it only states that credentials exist.
 */
import type { Numbering } from "../protocol/number.ts";
import type { Profile } from "../protocol/reasons.ts";
import type { Identity } from "../protocol/sip/caller-id.ts";

export interface Setting {
  /** The component's domain, and the domains of its users. */
  readonly component: string;
  readonly hosts: readonly string[];
  /** The hosts of SIP URIs that stand for the gateway, and its ports. */
  readonly ours: readonly string[];
  readonly port: number;
  /** The port it listens on for TLS, if it does. */
  readonly tlsPort?: number | undefined;
  readonly proxyHost: string;
  readonly proxyPort: number;
  readonly usernameToPhone: readonly { readonly username: string; readonly phone: string }[];
  /** The realms that receive credentials; if empty, the realm of the first challenge. */
  readonly realm: readonly string[];
  /** Whether the users' server delegates calls (integrations/). */
  readonly intercept: boolean;
  /** The trunks besides the proxy; for a call, the one it uses. */
  readonly trunks: readonly TrunkSetting[];
  /** The numbering, if `[dial]` is configured; without the rules of who may dial what. */
  readonly dial?: Dialled;
  /** The domains that the server lets the gateway send as, besides its own. */
  readonly speaksAs: readonly string[];
  readonly options: CallOptions;
}

export interface Dialled extends Numbering {
  /** Prefix that a user dials to withhold the caller's number. */
  readonly hide: string;
  /** Maximum duration of a call in milliseconds; 0: no limit. */
  readonly longest: number;
}

/** An account at a provider or PBX (`[trunks.NAME]`). */
export interface TrunkSetting extends TrunkManner {
  readonly name: string;
  /** The authority of its Request-URIs and of the account. */
  readonly authority: string;
  readonly domain: string;
  readonly username: string;
  readonly realm: readonly string[];
  readonly numbers: readonly { readonly number: string; readonly user: string }[];
  /** A bare JID, or "". */
  readonly defaultUser: string;
}

/** How a trunk is used. */
export interface TrunkManner {
  readonly hasPassword: boolean;
  /** Whether it has a registrar, whose realms alone receive the password, and whether requests go through an outbound proxy. */
  readonly registers: boolean;
  readonly hasOutboundProxy: boolean;
  readonly transport: string;
  readonly media: string;
  readonly codecs: string;
  readonly identity: Identity;
  readonly trusted: boolean;
}

/** The options of trunks for which a play states nothing else. */
export const PLAY_MANNER: TrunkManner = {
  ...{
    hasPassword: false,
    registers: false,
    hasOutboundProxy: false,
    transport: "udp",
    media: "webrtc",
    codecs: "PCMA",
    identity: "account",
    trusted: true,
  },
};

/** Options that change the messages of a call or their timing. Times are milliseconds. */
export interface CallOptions {
  readonly transport: string;
  readonly profile: Profile;
  readonly outbound: boolean;
  /** Whether the proxy has verified From. */
  readonly trusted: boolean;
  readonly hasCredentials: boolean;
  /** The kind of media toward the proxy, the codecs with a relay, and whether there is a relay. */
  readonly media: string;
  readonly codecs: string;
  readonly relay: boolean;
  readonly retryAudioOnly: boolean;
  readonly ringTimeout: number;
  readonly gatherTimeout: number;
  readonly renegotiateTimeout: number;
  readonly jmiTimeout: number;
}

/** The options of plays that state nothing else. */
export const PLAY_OPTIONS: CallOptions = {
  transport: "udp",
  profile: "deployed",
  outbound: false,
  trusted: true,
  hasCredentials: false,
  media: "webrtc",
  codecs: "PCMA,PCMU,G722",
  relay: false,
  retryAudioOnly: true,
  ringTimeout: 180_000,
  gatherTimeout: 500,
  renegotiateTimeout: 10_000,
  jmiTimeout: 30_000,
};

/** The content of `# options:` in a play: differences from other plays. */
export interface PlayConfiguration extends Partial<CallOptions> {
  readonly intercept?: true;
  /** The full JIDs that are online at the start; juliet's balcony by default. */
  readonly online?: readonly string[];
  readonly usernameToPhone?: Setting["usernameToPhone"];
  readonly realm?: Setting["realm"];
  readonly speaksAs?: Setting["speaksAs"];
  /** The trunk of the call, located at `provider`; what is not stated is as for other trunks. */
  readonly trunk?: Partial<TrunkManner> & Omit<TrunkSetting, keyof TrunkManner | "name">;
  /** The routes that its registrar has set for our requests (RFC 3608): a play has no REGISTER. */
  readonly routes?: readonly string[];
  /** The allowed targets, literally, dialled over the trunk if there is one. */
  readonly dial?: Pick<Dialled, "emergency" | "hide" | "longest"> & { readonly to: readonly string[] };
}

/** The options that differ from the defaults. */
export function changed<Options extends object>(options: Options, usual: Options): Partial<Options> {
  const keys = (Object.keys(usual) as (keyof Options)[]).filter((key) => options[key] !== usual[key]);
  return Object.fromEntries(keys.map((key) => [key, options[key]])) as Partial<Options>;
}
