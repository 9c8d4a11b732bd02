/**
 * What a play must know of the gateway that a call was recorded at, as plain JSON: its names, its ways, and its timers.
 *
 * Secrets are none of it: credentials are told as being there.
 */
import type { Profile } from "../protocol/reasons.ts";

export interface Setting {
  /** The component's domain, and the domains of its users. */
  readonly component: string;
  readonly hosts: readonly string[];
  /** The hosts of SIP URIs that mean the gateway, and its port. */
  readonly ours: readonly string[];
  readonly port: number;
  readonly proxyHost: string;
  readonly proxyPort: number;
  readonly usernameToPhone: readonly { readonly username: string; readonly phone: string }[];
  /** The realms that get credentials; none for that of the first challenge. */
  readonly realm: readonly string[];
  /** Whether the users' server hands calls over (integrations/). */
  readonly intercept: boolean;
  readonly options: CallOptions;
}

/** Options that change what a call says or when. Times are milliseconds. */
export interface CallOptions {
  readonly transport: string;
  readonly profile: Profile;
  readonly outbound: boolean;
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
}
