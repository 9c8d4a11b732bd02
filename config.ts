/**
 * The configuration: TOML and environment to typed options.
 *
 * Rules: `[modules.mod_jingle_sip]` is taken as it stands in a MongooseIM file; the environment overrides the file; an unknown
 * name, a wrong type or an impossible value stops the start with one line that names where it came from, option, value and
 * what is allowed; a secret is never printed. Which options there are is config/options.ts, what they may be
 * config/values.ts.
 */
import { type Environment, fromText, refuseUnknownNames } from "./config/environment.ts";
import { readSections, type Tables } from "./config/file.ts";
import { JINGLE_SIP, OPTIONS, type Option } from "./config/options.ts";
import { ConfigError, written } from "./config/words.ts";

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

/** What was given for an option, and by whom: a variable of the environment, the file, or nobody. */
interface Given {
  readonly value: unknown;
  readonly origin: string;
}

/** Reads a configuration. Throws `ConfigError`; `file` is only for its words. */
export function readConfig(text: string, file: string, environment: Environment): Config {
  refuseUnknownNames(environment);
  const tables = readSections(text, file);
  const result: Record<string, Record<string, unknown>> = {};
  for (const option of OPTIONS) {
    const value = readOption(option, givenFor(option, { tables, file, environment }));
    const section = option.section === JINGLE_SIP ? "jingleSip" : option.section;
    result[section] ??= {};
    if (value !== undefined) result[section][camelCase(option.key)] = value;
  }
  const config = result as unknown as Config;
  refuseCircle(config, { tables, file, environment });
  return config;
}

const camelCase = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

interface Sources {
  readonly tables: Tables;
  readonly file: string;
  readonly environment: Environment;
}

function givenFor(option: Option, { tables, file, environment }: Sources): Given {
  const told = option.env === undefined ? undefined : environment[option.env];
  if (told !== undefined) return { value: fromText(told, option), origin: String(option.env) };
  return { value: tables.get(option.section)?.[option.key], origin: file };
}

/** The value of one option: what was given, else the default. */
function readOption(option: Option, { value: told, origin }: Given): unknown {
  const { section, key, secret, right, schema } = option;
  const name = `${origin}: [${section}] ${key}`;
  const value = told ?? option.default;
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  if (value === undefined || (secret && value === "")) throw new ConfigError(`${name} is missing: ${right}`);
  if (secret) throw new ConfigError(`${name} must be ${right}`);
  const [place] = read.error.issues[0]?.path ?? [];
  if (Array.isArray(value) && typeof place === "number")
    throw new ConfigError(`${name} holds ${written(value[place])}; it must be ${right}`);
  throw new ConfigError(`${name} = ${written(value)} must be ${right}`);
}

/** The one thing that no option can tell alone: users of the component's own domain would be called by calling them. */
function refuseCircle({ xmpp }: Config, sources: Sources): void {
  if (!xmpp.hosts.includes(xmpp.domain)) return;
  const [hosts, domain] = ["hosts", "domain"].map((key) => {
    const option = OPTIONS.find((each) => each.section === "xmpp" && each.key === key);
    const given = option && givenFor(option, sources);
    return given?.value === undefined ? "its default" : given.origin;
  });
  throw new ConfigError(
    `${hosts}: [xmpp] hosts holds the component's own domain "${xmpp.domain}" (from ${domain}): calls would run in a circle`,
  );
}
