/**
 * What a play must know of the gateway that a call was recorded at, as plain JSON: its names, its ways, and its timers.
 *
 * Secrets are none of it: credentials are told as being there.
 */
import type { Numbering } from "../protocol/number.ts";
import type { Profile } from "../protocol/reasons.ts";
import type { Identity } from "../protocol/sip/caller-id.ts";

export interface Setting {
  /** The component's domain, and the domains of its users. */
  readonly component: string;
  readonly hosts: readonly string[];
  /** The hosts of SIP URIs that mean the gateway, and its ports. */
  readonly ours: readonly string[];
  readonly port: number;
  /** Where it listens for TLS. */
  readonly tlsPort?: number | undefined;
  readonly proxyHost: string;
  readonly proxyPort: number;
  readonly usernameToPhone: readonly { readonly username: string; readonly phone: string }[];
  /** The realms that get credentials; none for that of the first challenge. */
  readonly realm: readonly string[];
  /** Whether the users' server hands calls over (integrations/). */
  readonly intercept: boolean;
  /** The trunks beside the proxy; with a call, the one that it goes by. */
  readonly trunks: readonly TrunkSetting[];
  /** How numbers are dialled, if `[dial]` says so; who may dial what is no part of it. */
  readonly dial?: Dialled;
  /** The domains as which it lets the gateway speak, beside its own. */
  readonly speaksAs: readonly string[];
  readonly options: CallOptions;
}

export interface Dialled extends Numbering {
  /** What a user dials before a number to hide who calls. */
  readonly hide: string;
  /** Milliseconds that a call may last; 0: no limit. */
  readonly longest: number;
}

/** An account at a provider or PBX (`[trunks.NAME]`). */
export interface TrunkSetting extends TrunkManner {
  readonly name: string;
  /** Of its Request-URIs, and of the account. */
  readonly authority: string;
  readonly domain: string;
  readonly username: string;
  readonly realm: readonly string[];
  readonly numbers: readonly { readonly number: string; readonly user: string }[];
  /** A bare JID, or "". */
  readonly defaultUser: string;
}

/** How a trunk is spoken to. */
export interface TrunkManner {
  readonly hasPassword: boolean;
  /** Whether it has a registrar, whose realms alone get the password, and whether all goes by an outbound proxy. */
  readonly registers: boolean;
  readonly hasOutboundProxy: boolean;
  readonly transport: string;
  readonly media: string;
  readonly codecs: string;
  readonly identity: Identity;
  readonly trusted: boolean;
}

/** The manner of trunks of which a play says nothing else. */
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

/** Options that change what a call says or when. Times are milliseconds. */
export interface CallOptions {
  readonly transport: string;
  readonly profile: Profile;
  readonly outbound: boolean;
  /** Whether the proxy has checked From. */
  readonly trusted: boolean;
  readonly hasCredentials: boolean;
  /** How calls are put to the proxy, with which codecs by a relay, and whether there is one. */
  readonly media: string;
  readonly codecs: string;
  readonly relay: boolean;
  readonly retryAudioOnly: boolean;
  readonly ringTimeout: number;
  readonly gatherTimeout: number;
  readonly renegotiateTimeout: number;
  readonly jmiTimeout: number;
}

/** The options of plays that say nothing else. */
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

/** What stands behind `# options:` in a play: what is not as it is in other plays. */
export interface PlayConfiguration extends Partial<CallOptions> {
  readonly intercept?: true;
  /** The full JIDs that are online when it begins; juliet's balcony when not said. */
  readonly online?: readonly string[];
  readonly usernameToPhone?: Setting["usernameToPhone"];
  readonly realm?: Setting["realm"];
  readonly speaksAs?: Setting["speaksAs"];
  /** The trunk of the call, who stands where `provider` does; what is not said of it is as with other trunks. */
  readonly trunk?: Partial<TrunkManner> & Omit<TrunkSetting, keyof TrunkManner | "name">;
  /** What may be dialled, each as it stands, and by the trunk if there is one. */
  readonly dial?: Pick<Dialled, "emergency" | "hide" | "longest"> & { readonly to: readonly string[] };
}

/** What is not as it is in other plays. */
export function changed<Options extends object>(options: Options, usual: Options): Partial<Options> {
  const keys = (Object.keys(usual) as (keyof Options)[]).filter((key) => options[key] !== usual[key]);
  return Object.fromEntries(keys.map((key) => [key, options[key]])) as Partial<Options>;
}
