/**
 * The options of a trunk, `[trunks.NAME]`: a provider or a PBX besides the proxy. The meaning of a trunk is in actors/trunks/trunk.ts.
 *
 * Rules: a trunk's password comes from the environment variable with the trunk's name, or from the file; the number of trunks is
 * not limited; the trunk `proxy` is that of `[modules.mod_jingle_sip]` and has no section here.
 */
import { z } from "zod";
import { IDENTITIES } from "../protocol/sip/caller-id.ts";
import { USER } from "./dial.ts";
import { readHost } from "./hosts.ts";
import { type Option, option } from "./options.ts";
import { BOOLEAN, CODECS, FILE, HOST, type Kind, oneOf, REALMS, SECONDS_OR_NEVER, TEXT, TWICE } from "./values.ts";

/** The prefix of every trunk's section. */
export const TRUNKS = "trunks.";
export const TRUNK_NAME = /^[a-z][a-z0-9_]{0,31}$/;

const place = z.string().transform((text, context) => {
  const [, host = "", said] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const known = readHost(host.replace(/^\[|\]$/g, ""));
  const port = said === undefined ? undefined : Number(said);
  if (known === undefined || port === 0 || (port ?? 0) > 65_535) context.addIssue({ code: "custom", message: "none" });
  return { host: known ?? "", ...(port === undefined ? {} : { port }) };
});
const noPlace = z.literal("").transform(() => undefined);

/** A host, and its port if configured; without a port the domain is looked up by NAPTR and SRV. */
export interface Place {
  readonly host: string;
  readonly port?: number;
}

const PLACE: Kind = {
  schema: place,
  allowed: 'a host name or address, with a port if it is not to be looked up, such as "pbx.example:5070"',
};
const PLACE_OR_NONE: Kind = { schema: z.union([noPlace, place]), allowed: `${PLACE.allowed}, or ""` };
const HOST_OR_NONE: Kind = {
  schema: z.union([z.literal(""), HOST.schema]),
  allowed: 'a domain name or address, or ""',
};
const EXPIRES: Kind = {
  schema: z.number().int().min(60).max(86_400),
  allowed: "a number of seconds from 60 to 86400 (one day)",
};

const row = z.strictObject({ number: z.string().regex(/^\+?\d{2,20}$/), user: USER });
const NUMBERS: Kind = {
  schema: z.array(row).superRefine((rows, context) => {
    rows.forEach(({ number }, index) => {
      if (rows.findIndex((each) => each.number === number) < index)
        context.addIssue({ code: "custom", path: [index], message: TWICE });
    });
  }),
  allowed: 'a list of rows such as { number = "+4930123", user = "alice@example.org" }, no number twice',
};
const USER_OR_NONE: Kind = {
  schema: z.union([z.literal(""), USER]),
  allowed: 'a user such as "alice@example.org", or ""',
};

const CA = "TLS: authorities in PEM for its certificate; when empty, those of the runtime";
const CERTIFICATE = "TLS: our certificate in PEM, if it requires one";
const KEEPALIVE = "how long a registered connection may be silent before empty lines keep it open";
const MEDIA =
  "media of the phones behind it: rtp and srtp need a media relay, webrtc needs none, auto tries webrtc first";
const TRANSPORT =
  "to the trunk; auto: by NAPTR and SRV of its domain, otherwise UDP; tls: only TLS, in both directions";
const OUTBOUND = "where all requests go, if not to the server";
const AUTH = "the user name for digest, if it differs";
const REALM = "realms that get the credentials; when empty, the registrar's, otherwise that of the first 407 in a call";
const IDENTITY = "how the trunk is told the caller's number";
const CODEC_LIST = "codecs offered through the media relay";

/** Every option of a trunk, in the order of the documentation; `[trunks.NAME]` stands for each of them. */
export const TRUNK_OPTIONS: readonly Option[] = [
  option(`${TRUNKS}NAME`, "server", PLACE, undefined, "the provider's server, or the PBX; required"),
  option(`${TRUNKS}NAME`, "outbound_proxy", PLACE_OR_NONE, "", OUTBOUND),
  option(`${TRUNKS}NAME`, "domain", HOST_OR_NONE, "", "the domain of the account, if it is not the server's name"),
  option(`${TRUNKS}NAME`, "transport", oneOf("auto", "udp", "tcp", "tls"), "auto", TRANSPORT),
  option(`${TRUNKS}NAME`, "ca", FILE, "", CA),
  option(`${TRUNKS}NAME`, "certificate", FILE, "", CERTIFICATE),
  option(`${TRUNKS}NAME`, "key", FILE, "", "its private key in PEM"),
  option(`${TRUNKS}NAME`, "username", TEXT, "", "the account's name"),
  option(`${TRUNKS}NAME`, "auth_username", TEXT, "", AUTH),
  option(`${TRUNKS}NAME`, "password", TEXT, "", "its password", { secret: true, env: "CARILLON_TRUNK_NAME_PASSWORD" }),
  option(`${TRUNKS}NAME`, "realm", REALMS, [], REALM),
  option(`${TRUNKS}NAME`, "register", BOOLEAN, false, "register, so that calls to the account reach the gateway"),
  option(`${TRUNKS}NAME`, "expires", EXPIRES, 600, "the duration of a registration"),
  option(`${TRUNKS}NAME`, "keepalive", SECONDS_OR_NEVER, 30, KEEPALIVE),
  option(`${TRUNKS}NAME`, "media", oneOf("rtp", "srtp", "webrtc", "auto"), "webrtc", MEDIA),
  option(`${TRUNKS}NAME`, "codecs", CODECS, ["PCMA", "PCMU"], CODEC_LIST),
  option(
    `${TRUNKS}NAME`,
    "identity",
    { schema: z.enum(IDENTITIES), allowed: `one of ${IDENTITIES.join(", ")}` },
    "account",
    IDENTITY,
  ),
  option(`${TRUNKS}NAME`, "trusted", BOOLEAN, false, "its P-Asserted-Identity and Remote-Party-ID are believed"),
  option(`${TRUNKS}NAME`, "numbers", NUMBERS, [], "the users' numbers, for incoming and outgoing calls"),
  option(`${TRUNKS}NAME`, "default_user", USER_OR_NONE, "", "who is called if no number matches"),
];

/** The options of the trunk of this name. */
export const optionsOf = (name: string): Option[] =>
  TRUNK_OPTIONS.map(({ env, ...each }) => ({
    ...each,
    section: `${TRUNKS}${name}`,
    ...(env === undefined ? {} : { env: env.replace("NAME", name.toUpperCase()) }),
  }));
