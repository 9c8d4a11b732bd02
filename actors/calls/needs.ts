/** The options of calls, and their dependencies: stack, component, clock, random numbers, hash and log. */
import type { AddressRules } from "../../protocol/address.ts";
import type { Profile } from "../../protocol/reasons.ts";
import type { Hash } from "../../protocol/sip/digest.ts";
import type { Destination } from "../../protocol/sip/message.ts";
import type { Clock } from "../clock.ts";
import type { Load } from "../load.ts";
import type { Log } from "../log.ts";
import type { Relay } from "../relay/relay.ts";
import type { Reach } from "../sip/reach.ts";
import type { SipPort } from "../sip/user.ts";
import type { Saver } from "../store/writer.ts";
import type { Trunks } from "../trunks/trunks.ts";
import type { Watch } from "../watch.ts";
import type { XmppComponent } from "../xmpp/component.ts";
import type { DialConfig } from "./dial-limits.ts";
import type { ShareConfig } from "./shares.ts";

export interface CallsConfig extends ShareConfig {
  readonly proxy: Destination;
  /** Whether requests inside dialogs go through the proxy even without its Record-Route. */
  readonly outbound: boolean;
  readonly localHost: string;
  readonly sdpOrigin: string;
  readonly profile: Profile;
  /** Digest credentials toward the proxy; none if the username is empty. */
  readonly username: string;
  readonly password: string;
  /** The realms that get them; if empty, those of the first challenge of a call. */
  readonly realm: readonly string[];
  readonly addresses: AddressRules;
  /** The dial plan; without one everything goes to the proxy. */
  readonly dial?: DialConfig | undefined;
  /** Whether the proxy has checked From. */
  readonly trusted: boolean;
  /** How calls are offered to the proxy: as WebRTC, as RTP or SRTP through the relay, or through the relay if WebRTC is refused. */
  readonly media: "webrtc" | "rtp" | "srtp" | "auto";
  /** The codecs offered through the relay. */
  readonly codecs: readonly string[];
  /** Whether an offer that is refused as a whole is repeated with its audio only. */
  readonly retryAudioOnly: boolean;
  /** Milliseconds. */
  readonly ringTimeout: number;
  readonly gatherTimeout: number;
  readonly renegotiateTimeout: number;
  readonly jmiTimeout: number;
  readonly maxCalls: number;
}

export interface CallsNeeds {
  readonly config: CallsConfig;
  readonly sip: () => SipPort;
  /** The media relay, if there is one. */
  readonly relay: Relay | undefined;
  readonly xmpp: () => XmppComponent;
  /** Which destinations peers may make us send to. */
  readonly reach: Reach;
  readonly trunks: Trunks;
  readonly clock: Clock;
  /** An unguessable token: tags, Call-IDs, cnonces. */
  readonly random: () => string;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** For digest authentication. */
  readonly hash: Hash;
  readonly log: Log;
  readonly load: Load;
  /** Saves calls, if there is a store. */
  readonly saver?: Saver | undefined;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
  /** Called when the last call has ended. */
  readonly idle: () => void;
}
