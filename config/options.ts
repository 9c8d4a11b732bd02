/**
 * Every option: section, key, kind, default, meaning, the environment variable that overrides the file, and whether SIGHUP
 * reloads it.
 *
 * `OPTIONS` is the only list: tests compare docs/options.md and carillon.example.toml with it.
 */
import { AREA, COUNTRY, EMERGENCY, HIDE, INTERNATIONAL, LIMIT, NATIONAL, RULES } from "./dial.ts";
import {
  ADDRESS,
  ADDRESS_OR_NONE,
  ADDRESSES,
  ANY_PORT,
  BOOLEAN,
  CODECS,
  COUNT,
  DIRECTIONS,
  DOMAIN,
  DOMAINS,
  ENDPOINTS,
  FILE,
  HOST,
  IGNORED,
  type Kind,
  LISTENER,
  MEGABYTES,
  MORE_DOMAINS,
  NETWORKS,
  OWN_ADDRESSES,
  oneOf,
  PHONES,
  PORT,
  REALMS,
  SECONDS,
  SECONDS_OR_NEVER,
  SECRET,
  TEXT,
  TOKEN,
} from "./values.ts";

export interface Option extends Kind {
  readonly section: string;
  readonly key: string;
  readonly default: unknown;
  readonly env?: string;
  readonly meaning: string;
  /** Its value is never shown. */
  readonly secret?: true;
  /** SIGHUP reloads it. */
  readonly reloads?: true;
}

/** Makes an option. */
export const option = (
  section: string,
  key: string,
  kind: Kind,
  fallback: unknown,
  meaning: string,
  more: { env?: string; secret?: true; reloads?: true } = {},
): Option => ({ section, key, ...kind, default: fallback, meaning, ...more });

export const JINGLE_SIP = "modules.mod_jingle_sip";
const RELOADS = { reloads: true } as const;
const env = (name: string): { env: string } => ({ env: `CARILLON_${name}` });
const secret = (name: string): { env: string; secret: true } => ({ ...env(name), secret: true });

const JINGLE_SIP_OPTIONS = [
  option(JINGLE_SIP, "proxy_host", HOST, "localhost", "SIP proxy: name or address", env("PROXY_HOST")),
  option(JINGLE_SIP, "proxy_port", PORT, 5600, "its port", env("PROXY_PORT")),
  option(JINGLE_SIP, "listen_port", ANY_PORT, 5600, "incoming SIP, UDP and TCP", env("LISTEN_PORT")),
  option(JINGLE_SIP, "local_host", HOST, "127.0.0.1", "host of the SIP URIs we write: Via, Contact", env("LOCAL_HOST")),
  option(JINGLE_SIP, "sdp_origin", ADDRESS, "127.0.0.1", "address in o= and the session's c=", env("SDP_ORIGIN")),
  option(JINGLE_SIP, "transport", oneOf("udp", "tcp"), "udp", "toward the proxy", env("TRANSPORT")),
  option(JINGLE_SIP, "username_to_phone", PHONES, [], "users that have a number toward SIP", RELOADS),
  option(JINGLE_SIP, "backend", IGNORED, undefined, "the predecessor's: accepted and ignored"),
];

const PROFILE =
  "how reasons and status codes are translated: as the predecessor did, or as precisely as both protocols allow";
const REALM = "realms that get the credentials; when empty, those of the first challenge of each call";
const STRICT =
  "in-dialog messages, even BYE, only from the proxy, allow and the dialog's own next hop: for a proxy that record-routes";
const OUTBOUND = "in-dialog requests through the proxy even without Record-Route";

const TRUSTED = "the proxy verifies From: in intercept mode its calls may ring in the name of a user";
const MEDIA =
  "media of calls to the proxy: WebRTC, RTP or SRTP through a relay; auto: RTP through a relay if WebRTC is refused";

const INTERVAL = "how often the proxy is sent OPTIONS to see whether it is up";

const TLS_PORT = "port for incoming SIP over TLS, if there is a certificate";
const CERTIFICATE =
  "our certificate in PEM for the name in local_host, with its intermediate certificates; without it there is no incoming TLS";
const CA = "authorities in PEM for the certificates of callers; when empty, those of the runtime";

const SIP_OPTIONS = [
  option("sip", "bind", ADDRESSES, ["0.0.0.0", "::"], "addresses to listen on, and to send from", env("SIP_BIND")),
  option("sip", "allow", NETWORKS, [], "networks that may start calls, besides the proxy", RELOADS),
  option("sip", "tls_port", ANY_PORT, 5061, TLS_PORT, env("SIP_TLS_PORT")),
  option("sip", "certificate", FILE, "", CERTIFICATE, env("SIP_CERTIFICATE")),
  option("sip", "key", FILE, "", "its key in PEM", env("SIP_KEY")),
  option("sip", "ca", FILE, "", CA, env("SIP_CA")),
  option("sip", "profile", oneOf("deployed", "precise"), "deployed", PROFILE, env("SIP_PROFILE")),
  option("sip", "outbound", BOOLEAN, false, OUTBOUND, env("SIP_OUTBOUND")),
  option("sip", "strict", BOOLEAN, false, STRICT, env("SIP_STRICT")),
  option("sip", "username", TEXT, "", "digest credentials toward the proxy", env("SIP_USERNAME")),
  option("sip", "password", TEXT, "", "their password", secret("SIP_PASSWORD")),
  option("sip", "realm", REALMS, [], REALM, env("SIP_REALM")),
  option("sip", "options_interval", SECONDS_OR_NEVER, 30, INTERVAL, env("SIP_OPTIONS_INTERVAL")),
  option("sip", "trusted", BOOLEAN, true, TRUSTED, RELOADS),
  option("sip", "retry_audio_only", BOOLEAN, true, "after 488 a second INVITE with audio only"),
  option("sip", "media", oneOf("webrtc", "rtp", "srtp", "auto"), "webrtc", MEDIA, env("SIP_MEDIA")),
  option(
    "sip",
    "codecs",
    CODECS,
    ["PCMA", "PCMU", "G722"],
    "codecs offered through the media relay",
    env("SIP_CODECS"),
  ),
];

const RELAY = "the media relay: rtpengine, or our own, which the gateway starts";
const NG_PORT = "own relay: its UDP port on loopback for the gateway's commands";
const FIRST_PORT = "own relay: the first UDP port for media";
const LAST_PORT = "own relay: the last UDP port for media; a call takes two, and two for each address";
const RELAY_ADDRESSES = "own relay: its addresses, of which phones get the first; when empty, those of this machine";
const OUTSIDE = "own relay: the public IPv4 address, behind a NAT that forwards the ports to the first IPv4 address";
const STUN = "own relay: STUN servers that tell it its public address, behind a NAT";
const RTPENGINE = "media relays: addresses of rtpengine's ng protocol; the first that answers is used";
const DIRECTION = "names of rtpengine's interfaces, if it has two: for users, for phones";

const MEDIA_OPTIONS = [
  option("media", "relay", oneOf("rtpengine", "own"), "rtpengine", RELAY, env("MEDIA_RELAY")),
  option("media", "rtpengine", ENDPOINTS, [], RTPENGINE, env("MEDIA_RTPENGINE")),
  option("media", "direction", DIRECTIONS, [], DIRECTION, env("MEDIA_DIRECTION")),
  option("media", "addresses", OWN_ADDRESSES, [], RELAY_ADDRESSES, env("MEDIA_ADDRESSES")),
  option("media", "outside", ADDRESS_OR_NONE, "", OUTSIDE, env("MEDIA_OUTSIDE")),
  option("media", "stun", ENDPOINTS, [], STUN, env("MEDIA_STUN")),
  option("media", "first_port", PORT, 30_000, FIRST_PORT, env("MEDIA_FIRST_PORT")),
  option("media", "last_port", PORT, 30_999, LAST_PORT, env("MEDIA_LAST_PORT")),
  option("media", "ng_port", PORT, 2223, NG_PORT, env("MEDIA_NG_PORT")),
];

const MODE = "users dial number@domain, or their server's module intercepts their calls";
const HOSTS = "domains whose users may call and be called; required";

const SPEAKS_AS =
  "intercept mode: domains of phones that ring under their own address; the server's module lists the same";

const CALLER_GROUP =
  "a group in the users' rosters that callers are put into by name, where the server grants access; when empty, none are";

const XMPP_OPTIONS = [
  option("xmpp", "mode", oneOf("gateway", "intercept"), "gateway", MODE, env("XMPP_MODE")),
  option("xmpp", "host", HOST, "localhost", "where the server listens for components", env("XMPP_HOST")),
  option("xmpp", "port", PORT, 5347, "its port", env("XMPP_PORT")),
  option("xmpp", "domain", DOMAIN, "sip.localhost", "the component's domain", env("XMPP_DOMAIN")),
  option("xmpp", "secret", SECRET, undefined, "shared with the server; required", secret("XMPP_SECRET")),
  option("xmpp", "hosts", DOMAINS, undefined, HOSTS, env("XMPP_HOSTS")),
  option("xmpp", "speaks_as", MORE_DOMAINS, [], SPEAKS_AS, env("XMPP_SPEAKS_AS")),
  option("xmpp", "caller_group", TEXT, "", CALLER_GROUP, env("XMPP_CALLER_GROUP")),
];

const STORE = "a file for calls to be saved in, so that they survive a restart";
const DRAIN = "SIGTERM waits for calls to end even with a store, instead of leaving them to the next start";

const CALLS_OPTIONS = [
  option("calls", "ring_timeout", SECONDS, 180, "how long a phone or user may ring"),
  option("calls", "gather_timeout", SECONDS, 0.5, "how long an offer without addresses waits for candidates"),
  option("calls", "renegotiate_timeout", SECONDS, 10, "how long a user's client may take to answer a change"),
  option("calls", "drain_timeout", SECONDS, 60, "how long running calls may go on when the gateway stops"),
  option("calls", "store", TEXT, "", STORE, env("CALLS_STORE")),
  option("calls", "drain", BOOLEAN, false, DRAIN, env("CALLS_DRAIN")),
  option("calls", "jmi_timeout", SECONDS, 30, "how long a proposed call waits for a device"),
  option("calls", "max_calls", COUNT, 10_000, "calls at once; more are refused", RELOADS),
  option(
    "calls",
    "per_user",
    LIMIT,
    10,
    "calls of a user at once in each direction; a phone's call beyond them gets busy",
    RELOADS,
  ),
  option("calls", "per_minute", LIMIT, 60, "calls that a user may begin in a minute", RELOADS),
  option("calls", "video", BOOLEAN, true, "announce and carry video"),
];

const DIAL_RULES =
  "who may dial what, through which trunk; the first matching rule decides, and without one the call is refused";
const NATIONAL_PREFIX = "prefix of a national number";

const DIAL_OPTIONS = [
  option("dial", "country", COUNTRY, "", "code of the country that national numbers belong to", RELOADS),
  option("dial", "area", AREA, "", "code of the area that numbers without a prefix belong to", RELOADS),
  option("dial", "international", INTERNATIONAL, "00", "prefix of an international number", RELOADS),
  option("dial", "national", NATIONAL, "0", NATIONAL_PREFIX, RELOADS),
  option("dial", "hide", HIDE, "#31#", "prefix that a user dials to withhold the caller's number", RELOADS),
  option("dial", "emergency", EMERGENCY, ["112"], "numbers that are never rewritten and never limited", RELOADS),
  option("dial", "rules", RULES, undefined, DIAL_RULES, RELOADS),
  option("dial", "calls_per_user", LIMIT, 2, "calls that a user may have dialled at once", RELOADS),
  option("dial", "calls_per_hour", LIMIT, 30, "calls that a user may dial in an hour", RELOADS),
  option("dial", "longest", LIMIT, 7200, "seconds after the answer until a dialled call is ended", RELOADS),
];

const SHOWN = "required from viewers on other machines, to hang up and to drain";
const TOKEN_FILE = "a file that contains the token, instead of token";
const JOURNAL = "megabytes for the record of calls; with 0 there is no record, and no window";

const WEB_OPTIONS = [
  option("web", "host", LISTENER, "127.0.0.1", "address of the window, its API, /health and /metrics", env("WEB_HOST")),
  option("web", "port", ANY_PORT, 8080, "its port", env("WEB_PORT")),
  option("web", "token", TOKEN, "", SHOWN, secret("WEB_TOKEN")),
  option("web", "token_file", TEXT, "", TOKEN_FILE, env("WEB_TOKEN_FILE")),
  option("web", "journal", MEGABYTES, 64, JOURNAL, env("WEB_JOURNAL")),
];

const LEVEL = oneOf("debug", "info", "warn", "error");

const FORMAT = "the form of the lines; auto: text if standard output is a terminal, otherwise json";
const TRACE = "a number, JID or Call-ID: the messages of its calls are logged, without secrets";

const LOG_OPTIONS = [
  option("log", "level", LEVEL, "info", "the least important lines that are written", {
    ...env("LOG_LEVEL"),
    ...RELOADS,
  }),
  option("log", "format", oneOf("auto", "json", "text"), "auto", FORMAT, env("LOG_FORMAT")),
  option("log", "trace", TEXT, "", TRACE, { ...env("LOG_TRACE"), ...RELOADS }),
];

/** Every option, in the order of the documentation. */
export const OPTIONS: readonly Option[] = [
  ...JINGLE_SIP_OPTIONS,
  ...SIP_OPTIONS,
  ...MEDIA_OPTIONS,
  ...XMPP_OPTIONS,
  ...CALLS_OPTIONS,
  ...DIAL_OPTIONS,
  ...WEB_OPTIONS,
  ...LOG_OPTIONS,
];
