/**
 * The configuration: TOML and environment to typed options, each with its default and its one-line meaning.
 *
 * Rules: `[modules.mod_jingle_sip]` is taken as it stands in a MongooseIM file; the environment overrides the file; an unknown
 * key, a wrong type or an impossible value stops the start with one line that names file, key, value and what would be
 * right; a secret is never printed. `OPTIONS` is the one list: the schema, docs/options.md and carillon.example.toml are
 * held to it by a test.
 */
import { isIP } from "node:net";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";

/** What is wrong with a configuration, in one line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface Option {
  readonly section: string;
  readonly key: string;
  readonly schema: z.ZodType;
  readonly default: unknown;
  /** What would be right, in words. */
  readonly right: string;
  /** The environment variable that overrides the file. */
  readonly env?: string;
  readonly meaning: string;
  readonly secret?: true;
}

const isName = (text: string): boolean =>
  /^(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})*\.?$/.test(text) && !/^[\d.]+$/.test(text);
const isHost = (text: string): boolean => isIP(text) !== 0 || isName(text);
/** As it stands in JIDs: lower case, and without the dot of the root. */
const isDomain = (text: string): boolean => isHost(text) && text === text.toLowerCase() && !text.endsWith(".");
const isNetwork = (text: string): boolean => {
  const [address = "", bits, more] = text.split("/");
  const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  return more === undefined && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
};

const host = z.string().refine(isHost);
const address = z.string().refine((text) => isIP(text) !== 0);
const port = z.number().int().min(1).max(65_535);
const listening = z.number().int().min(0).max(65_535);
const seconds = z.number().positive().max(86_400);
const pair = z.strictObject({ username: z.string().min(1), phone: z.string().regex(/^[+*]?[\w*#.-]+$/) });
const isDifferent = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;
const phones = z
  .array(pair)
  .refine((rows) => isDifferent(rows.map(({ username }) => username)) && isDifferent(rows.map(({ phone }) => phone)));

const A_HOST = "a host name or address";
const A_PORT = "a port from 1 to 65535";
const ANY_PORT = "a port from 1 to 65535, or 0 for any free one";
const SECONDS = "seconds, more than 0";

const option = (
  section: string,
  key: string,
  schema: z.ZodType,
  fallback: unknown,
  right: string,
  meaning: string,
  more: { env?: string; secret?: true } = {},
): Option => ({ section, key, schema, default: fallback, right, meaning, ...more });

const JINGLE_SIP = "modules.mod_jingle_sip";
const env = (name: string): { env: string } => ({ env: `CARILLON_${name}` });

/** Every option, in the order of the documentation. */
export const OPTIONS: readonly Option[] = [
  option(JINGLE_SIP, "proxy_host", host, "localhost", A_HOST, "SIP proxy: name or address", env("PROXY_HOST")),
  option(JINGLE_SIP, "proxy_port", port, 5600, A_PORT, "its port", env("PROXY_PORT")),
  option(
    JINGLE_SIP,
    "listen_port",
    listening,
    5600,
    ANY_PORT,
    "incoming SIP, UDP and TCP; 0 is any free port, printed",
    env("LISTEN_PORT"),
  ),
  option(
    JINGLE_SIP,
    "local_host",
    host,
    "127.0.0.1",
    A_HOST,
    "host of the SIP URIs we write: Via, Contact",
    env("LOCAL_HOST"),
  ),
  option(
    JINGLE_SIP,
    "sdp_origin",
    address,
    "127.0.0.1",
    "an IPv4 or IPv6 address",
    "address in o= and the session's c=",
    env("SDP_ORIGIN"),
  ),
  option(
    JINGLE_SIP,
    "transport",
    z.enum(["udp", "tcp"]),
    "udp",
    '"udp" or "tcp"',
    "toward the proxy",
    env("TRANSPORT"),
  ),
  option(
    JINGLE_SIP,
    "username_to_phone",
    phones,
    [],
    'rows like { username = "anna", phone = "+4930123" }, none twice',
    "users that have a number toward SIP",
  ),
  option(JINGLE_SIP, "backend", z.string().optional(), undefined, "a text", "of the predecessor: accepted and ignored"),

  option(
    "sip",
    "bind",
    z.array(address).min(1),
    ["0.0.0.0", "::"],
    "a list of addresses",
    "addresses to listen on",
    env("SIP_BIND"),
  ),
  option(
    "sip",
    "allow",
    z.array(z.string().refine(isNetwork)),
    [],
    'networks like "10.0.0.0/8"',
    "networks that may start calls, besides the proxy and loopback",
  ),
  option(
    "sip",
    "profile",
    z.enum(["deployed", "precise"]),
    "deployed",
    '"deployed" or "precise"',
    "how reasons and statuses are told: as the predecessor did, or as finely as both protocols can",
    env("SIP_PROFILE"),
  ),
  option(
    "sip",
    "outbound",
    z.boolean(),
    false,
    "true or false",
    "in-dialog requests through the proxy even without Record-Route",
    env("SIP_OUTBOUND"),
  ),
  option("sip", "username", z.string(), "", "a text", "digest credentials toward the proxy", env("SIP_USERNAME")),
  option("sip", "password", z.string(), "", "a text", "their password", { ...env("SIP_PASSWORD"), secret: true }),
  option("sip", "retry_audio_only", z.boolean(), true, "true or false", "one more INVITE with audio alone after 488"),

  option(
    "xmpp",
    "mode",
    z.enum(["gateway", "intercept"]),
    "gateway",
    '"gateway" or "intercept"',
    "users dial number@domain, or their server hands calls over",
    env("XMPP_MODE"),
  ),
  option("xmpp", "host", host, "localhost", A_HOST, "where the server listens for components", env("XMPP_HOST")),
  option("xmpp", "port", port, 5347, A_PORT, "its port", env("XMPP_PORT")),
  option(
    "xmpp",
    "domain",
    z.string().refine(isDomain),
    "sip.localhost",
    "a domain in lower case",
    "the component's domain",
    env("XMPP_DOMAIN"),
  ),
  option(
    "xmpp",
    "secret",
    z.string().min(1),
    undefined,
    "the secret that the server has for the component",
    "shared with the server; required",
    { ...env("XMPP_SECRET"), secret: true },
  ),
  option(
    "xmpp",
    "hosts",
    z.array(z.string().refine(isDomain)).min(1),
    undefined,
    'domains of users, like ["example.org"]',
    "domains whose users may call and be called; required",
    env("XMPP_HOSTS"),
  ),

  option("calls", "ring_timeout", seconds, 180, SECONDS, "how long a phone or user may ring"),
  option("calls", "gather_timeout", seconds, 0.5, SECONDS, "how long an offer without addresses waits for candidates"),
  option("calls", "renegotiate_timeout", seconds, 10, SECONDS, "how long a user's client may take to answer a change"),
  option("calls", "drain_timeout", seconds, 60, SECONDS, "how long running calls may go on when the gateway stops"),
  option("calls", "jmi_timeout", seconds, 30, SECONDS, "how long a proposed call waits for a device"),
  option(
    "calls",
    "max_calls",
    z.number().int().positive(),
    10_000,
    "a whole number, more than 0",
    "calls at once; more are refused",
  ),
  option("calls", "video", z.boolean(), true, "true or false", "announce and carry video"),

  option("web", "host", host, "127.0.0.1", A_HOST, "address of the web side: GET /health", env("WEB_HOST")),
  option("web", "port", listening, 8080, ANY_PORT, "its port; 0 is any free port, printed", env("WEB_PORT")),
];

/** The options of a configuration, in the sections of the file; durations in seconds. */
export interface Config {
  readonly jingleSip: {
    readonly proxyHost: string;
    readonly proxyPort: number;
    readonly listenPort: number;
    readonly localHost: string;
    readonly sdpOrigin: string;
    readonly transport: "udp" | "tcp";
    readonly usernameToPhone: readonly { readonly username: string; readonly phone: string }[];
    readonly backend?: string;
  };
  readonly sip: {
    readonly bind: readonly string[];
    readonly allow: readonly string[];
    readonly profile: "deployed" | "precise";
    readonly outbound: boolean;
    readonly username: string;
    readonly password: string;
    readonly retryAudioOnly: boolean;
  };
  readonly xmpp: {
    readonly mode: "gateway" | "intercept";
    readonly host: string;
    readonly port: number;
    readonly domain: string;
    readonly secret: string;
    readonly hosts: readonly string[];
  };
  readonly calls: {
    readonly ringTimeout: number;
    readonly gatherTimeout: number;
    readonly renegotiateTimeout: number;
    readonly drainTimeout: number;
    readonly jmiTimeout: number;
    readonly maxCalls: number;
    readonly video: boolean;
  };
  readonly web: { readonly host: string; readonly port: number };
}

type Table = Readonly<Record<string, unknown>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a configuration. Throws `ConfigError`; `file` is only for its words. */
export function readConfig(text: string, file: string, environment: Environment): Config {
  const tables = sectionsOf(parsed(text, file), file);
  const result: Record<string, Record<string, unknown>> = {};
  for (const each of OPTIONS) {
    const value = optionValue(each, tables.get(each.section) ?? {}, file, environment);
    const section = each.section === JINGLE_SIP ? "jingleSip" : each.section;
    result[section] ??= {};
    if (value !== undefined) result[section][camelCase(each.key)] = value;
  }
  const config = result as unknown as Config;
  judgeWhole(config, file);
  return config;
}

const camelCase = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function parsed(text: string, file: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ""] = error.message.replace("Invalid TOML document: ", "").split("\n", 1);
    throw new ConfigError(`${file}: line ${error.line}, column ${error.column}: ${what}`);
  }
}

/** The tables of the file by section; an unknown section or key is refused by name. */
function sectionsOf(document: Table, file: string): ReadonlyMap<string, Table> {
  const { modules = {}, ...rest } = document;
  const tables = new Map<string, Table>();
  const all: [string, unknown][] = isTable(modules)
    ? Object.entries(modules).map(([name, table]) => [`modules.${name}`, table])
    : [["modules", modules]];
  const known = [...new Set(OPTIONS.map(({ section }) => section))];
  for (const [name, table] of [...all, ...Object.entries(rest)]) {
    if (!known.includes(name))
      throw new ConfigError(`${file}: [${said(name)}] is not known here${nearest(name, known)}`);
    if (!isTable(table)) throw new ConfigError(`${file}: ${name} must be a section: [${name}]`);
    const keys = OPTIONS.filter(({ section }) => section === name).map(({ key }) => key);
    for (const key of Object.keys(table))
      if (!keys.includes(key))
        throw new ConfigError(`${file}: [${name}] ${said(key)} is not known here${nearest(key, keys)}`);
    tables.set(name, table);
  }
  return tables;
}

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A name of the file in an error's one line. */
const said = (name: string): string =>
  name.slice(0, 100).replace(/[\0-\x1f\x7f]/g, (control) => JSON.stringify(control).slice(1, -1));

/** The value of one option: the environment's, else the file's, else the default. */
function optionValue(option: Option, table: Table, file: string, environment: Environment): unknown {
  const { section, key, secret, right } = option;
  const told = option.env === undefined ? undefined : environment[option.env];
  const inFile = table[key];
  const value = told === undefined ? (inFile ?? option.default) : fromText(told, option);
  const where = told === undefined ? `${file}: [${section}] ${key}` : String(option.env);
  if (value === undefined && option.schema.safeParse(undefined).success) return undefined;
  if (value === undefined || (secret && value === "" && !option.schema.safeParse("").success))
    throw new ConfigError(`${where} is missing: ${right}`);
  const read = option.schema.safeParse(value);
  if (read.success) return read.data;
  const shown = secret ? "" : ` ${JSON.stringify(value)}`;
  throw new ConfigError(`${where}${shown === "" ? "" : " ="}${shown} must be ${right}`);
}

/** Environment variables are texts: lists have commas, numbers and truths are read as such. */
function fromText(text: string, { schema }: Option): unknown {
  if (schema instanceof z.ZodArray)
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  if (schema instanceof z.ZodNumber) return /^\s*-?\d{1,15}(?:\.\d{1,15})?\s*$/.test(text) ? Number(text) : text;
  if (schema instanceof z.ZodBoolean) return text === "true" ? true : text === "false" ? false : text;
  return text;
}

/** What no option can tell alone. */
function judgeWhole({ xmpp }: Config, file: string): void {
  if (xmpp.hosts.includes(xmpp.domain))
    throw new ConfigError(
      `${file}: [xmpp] hosts holds the component's own domain ${xmpp.domain}: calls would run in a circle`,
    );
}

/** What works and is probably not meant, a line each. */
export function judge({ jingleSip, sip }: Config): string[] {
  const { proxyHost, proxyPort, listenPort, localHost, sdpOrigin } = jingleSip;
  const isLocal = (name: string): boolean => name === "localhost" || name === "::1" || /^127\./.test(name);
  const self = proxyPort === listenPort && (isLocal(proxyHost) || proxyHost === localHost);
  const far = !isLocal(proxyHost);
  return [
    ...(self ? [`the SIP proxy is the gateway itself (${proxyHost}:${proxyPort}): set proxy_host and proxy_port`] : []),
    ...(far && isLocal(localHost) ? [`the proxy ${proxyHost} cannot answer to local_host ${localHost}`] : []),
    ...(far && isLocal(sdpOrigin) ? [`phones beyond ${proxyHost} cannot reach sdp_origin ${sdpOrigin}`] : []),
    ...(jingleSip.backend === undefined ? [] : ["backend is the predecessor's and ignored"]),
    ...(sip.username !== "" && sip.password === "" ? ["[sip] username has no password"] : []),
  ];
}

/** " (did you mean x?)" for the known word that a mistyped one is nearest to. */
function nearest(word: string, known: readonly string[]): string {
  const [best] = known
    .map((each) => ({ each, far: distance(word, each) }))
    .toSorted((one, other) => one.far - other.far);
  return best && best.far <= 2 ? ` (did you mean ${best.each}?)` : "";
}

/** How many letters must be changed, added or dropped (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= Math.min(one.length, 64); i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed);
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
