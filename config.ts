/**
 * The configuration: TOML and environment to typed options.
 *
 * Rules: `[modules.mod_jingle_sip]` is read as it stands in a MongooseIM file; the environment overrides the file; each
 * unknown name, wrong type and impossible value is an error of one line that names its source, the option, the value and
 * what is allowed; all errors are told at once; a secret is never printed. Which options there are is config/options.ts,
 * what values they may have config/values.ts, what SIGHUP reloads config/reload.ts.
 */
import { wrongRules } from "./config/dial.ts";
import { type Environment, fromText, unknownNames } from "./config/environment.ts";
import { readSections, type Tables } from "./config/file.ts";
import { type MediaConfig, wrongMedia } from "./config/media.ts";
import { JINGLE_SIP, OPTIONS, type Option } from "./config/options.ts";
import { wrongSecure } from "./config/tls-files.ts";
import { optionsOf } from "./config/trunk-options.ts";
import { type TrunkConfig, trunkNames, wrongTrunks } from "./config/trunks.ts";
import { TWICE } from "./config/values.ts";
import { ConfigError, written } from "./config/words.ts";
import { type DialPlan, PROXY } from "./protocol/dial-plan.ts";

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
    readonly tlsPort: number;
    /** Files in PEM, or "". */
    readonly certificate: string;
    readonly key: string;
    readonly ca: string;
    readonly profile: "deployed" | "precise";
    readonly outbound: boolean;
    readonly strict: boolean;
    readonly username: string;
    readonly password: string;
    readonly realm: readonly string[];
    readonly optionsInterval: number;
    readonly trusted: boolean;
    readonly retryAudioOnly: boolean;
    readonly media: "webrtc" | "rtp" | "srtp" | "auto";
    readonly codecs: readonly string[];
  };
  readonly media: MediaConfig;
  readonly xmpp: {
    readonly mode: "gateway" | "intercept";
    readonly host: string;
    readonly port: number;
    readonly domain: string;
    readonly secret: string;
    readonly hosts: readonly string[];
    readonly speaksAs: readonly string[];
    readonly callerGroup: string;
  };
  readonly calls: {
    readonly ringTimeout: number;
    readonly gatherTimeout: number;
    readonly renegotiateTimeout: number;
    readonly drainTimeout: number;
    readonly store: string;
    readonly drain: boolean;
    readonly jmiTimeout: number;
    readonly maxCalls: number;
    readonly perUser: number;
    readonly perMinute: number;
    readonly video: boolean;
  };
  readonly dial: Omit<DialPlan, "rules"> & {
    /** None: no `[dial]`, and everything goes to the proxy. */
    readonly rules?: DialPlan["rules"];
    readonly callsPerUser: number;
    readonly callsPerHour: number;
    readonly longest: number;
  };
  readonly trunks: readonly TrunkConfig[];
  readonly web: {
    readonly host: string;
    readonly port: number;
    readonly token: string;
    readonly tokenFile: string;
    readonly journal: number;
  };
  readonly log: {
    readonly level: "debug" | "info" | "warn" | "error";
    readonly format: "auto" | "json" | "text";
    readonly trace: string;
  };
}

/** Where values come from. */
interface Sources {
  readonly tables: Tables;
  readonly file: string;
  readonly environment: Environment;
}

/** What was given for an option, and where: a variable of the environment, else the file. */
interface Given {
  readonly value: unknown;
  readonly origin: string;
}

/** An option's value, or what is wrong with what was given. */
interface Read {
  readonly option: Option;
  readonly value?: unknown;
  readonly error?: string;
}

/** Reads a configuration. Throws a `ConfigError` with every error; `file` is only for its words. */
export function readConfig(text: string, file: string, environment: Environment): Config {
  const { tables, errors } = readSections(text, file);
  const trunkOptions = trunkNames(tables?.keys() ?? []).flatMap(optionsOf);
  const unknown = [...unknownNames(environment, [...OPTIONS, ...trunkOptions]), ...errors];
  if (tables === undefined) throw new ConfigError(unknown);
  const sources = { tables, file, environment };
  const reading = (option: Option): Read => readOption(option, givenFor(option, sources));
  const [read, readTrunks] = [OPTIONS.map(reading), trunkOptions.map(reading)];
  const wrong = [
    ...unknown,
    ...[...read, ...readTrunks].flatMap(({ error }) => error ?? []),
    ...circles(read, sources),
    ...unrelayed([...read, ...readTrunks], sources),
  ];
  if (wrong.length > 0) throw new ConfigError(wrong);
  const config = { ...bySection(read), trunks: trunksOf(readTrunks) };
  const between = [...wrongDialPlan(config, sources), ...wrongBetween(config).map((why) => `${file}: ${why}`)];
  if (between.length > 0) throw new ConfigError(between);
  return config;
}

/** Reads `[web]` alone, for whoever asks a gateway that runs: what else is wrong, or missing in this environment, is its affair. */
export function readWeb(text: string, file: string, environment: Environment): Config["web"] {
  const { tables, errors } = readSections(text, file);
  if (tables === undefined) throw new ConfigError(errors);
  const options = OPTIONS.filter(({ section }) => section === "web");
  const read = options.map((option) => readOption(option, givenFor(option, { tables, file, environment })));
  const wrong = read.flatMap(({ error }) => error ?? []);
  if (wrong.length > 0) throw new ConfigError(wrong);
  return bySection(read).web;
}

/** The configuration that has these values; there is one for every option. */
export function bySection(values: readonly { readonly option: Option; readonly value?: unknown }[]): Config {
  const result: Record<string, Record<string, unknown>> = {};
  for (const { option, value } of values) {
    const { section, name } = placeOf(option);
    result[section] ??= {};
    if (value !== undefined) result[section][name] = value;
  }
  return { ...result, trunks: [] } as unknown as Config;
}

/** The value of an option in a configuration. */
export function optionOf(config: Config, option: Option): unknown {
  const { section, name } = placeOf(option);
  return (config as unknown as Record<string, Record<string, unknown>>)[section]?.[name];
}

/** Where `Config` has an option. */
const placeOf = ({ section, key }: Option): { section: string; name: string } => ({
  section: section === JINGLE_SIP ? "jingleSip" : section,
  name: key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
});

function givenFor(option: Option, { tables, file, environment }: Sources): Given {
  const told = option.env === undefined ? undefined : environment[option.env];
  if (told !== undefined) return { value: fromText(told, option), origin: String(option.env) };
  return { value: tables.get(option.section)?.[option.key], origin: file };
}

/** The value of one option: what was given, else the default. */
function readOption(option: Option, given: Given): Read {
  const value = given.value ?? option.default;
  const read = option.schema.safeParse(value);
  if (read.success) return { option, value: read.data };
  const { path = [], message = "" } = read.error.issues[0] ?? {};
  return {
    option,
    error: `${given.origin}: [${option.section}] ${option.key} ${wrongIn(option, value, path, message)}`,
  };
}

/** What is wrong with a value, and what is allowed. */
function wrongIn(option: Option, value: unknown, path: readonly PropertyKey[], message: string): string {
  const { env, secret, allowed } = option;
  if (value === undefined || (secret && value === ""))
    return `is missing: set it in the file${env === undefined ? "" : ` or in ${env}`}; it must be ${allowed}`;
  if (secret) return `must be ${allowed}`;
  const [place] = path;
  if (!Array.isArray(value) || typeof place !== "number") return `= ${written(value)} must be ${allowed}`;
  const item = written(value[place]);
  return `contains ${item}${message === TWICE ? ", a duplicate" : ""}; it must be ${allowed}`;
}

/** What is wrong between the options of `[dial]`, and between them and others. */
function wrongDialPlan({ dial, xmpp, trunks }: Config, { tables, file }: Sources): string[] {
  const { rules, ...numbering } = dial;
  if (rules === undefined)
    return tables.has("dial") ? [`${file}: [dial] rules is missing: without rules nobody may call`] : [];
  const setting = { hosts: xmpp.hosts, trunks: [PROXY, ...trunks.map(({ name }) => name)] };
  return wrongRules({ ...numbering, rules }, setting).map((why) => `${file}: [dial] rules ${why}`);
}

/** What is wrong between options of several sections, or of `[media]`. */
const wrongBetween = ({ trunks, xmpp, dial, jingleSip, media, calls, sip }: Config): string[] => [
  ...wrongSecure(sip, jingleSip).map((why) => `[sip] ${why}`),
  ...wrongTrunks(trunks, {
    ...{ hosts: xmpp.hosts, rules: dial.rules, numbering: dial, usernameToPhone: jingleSip.usernameToPhone },
  }),
  ...wrongMedia(media),
  // phones know our port for as long as their calls last
  ...(calls.store !== "" && jingleSip.listenPort === 0 ? ["[calls] store needs a listen_port that stays, not 0"] : []),
];

/** The trunks that these values are of. */
function trunksOf(read: readonly Read[]): TrunkConfig[] {
  const sections = Object.groupBy(read, ({ option }) => option.section);
  return Object.entries(sections).map(([section, values = []]) => {
    const named = values.map(({ option, value }) => [placeOf(option).name, value] as const);
    const [name = ""] = trunkNames([section]);
    return { name, ...Object.fromEntries(named.filter(([, value]) => value !== undefined)) } as unknown as TrunkConfig;
  });
}

/** Calls that go by a relay need one: those of the proxy, and those of each trunk. */
function unrelayed(read: readonly Read[], sources: Sources): string[] {
  const of = (key: string) => read.find(({ option }) => option.section === "media" && option.key === key);
  const [relays, relay] = [of("rtpengine"), of("relay")];
  if (relays?.error !== undefined || !Array.isArray(relays?.value) || relay?.value !== "rtpengine") return [];
  if (relays.value.length > 0) return [];
  const relayed = read.filter(
    ({ option, value }) => option.key === "media" && value !== "webrtc" && value !== undefined,
  );
  return relayed.map(({ option, value }) => {
    const { origin } = givenFor(option, sources);
    return `${origin}: [${option.section}] media = "${value}" needs a relay: set [media] rtpengine, or relay = "own"`;
  });
}

/** The one error between options of `[xmpp]`: users of the component's own domain would be called by calling them. */
function circles(read: readonly Read[], sources: Sources): string[] {
  const find = (key: string) => read.find(({ option }) => option.section === "xmpp" && option.key === key);
  const [hosts, domain] = [find("hosts"), find("domain")];
  if (!hosts || !domain || !Array.isArray(hosts.value) || !hosts.value.includes(domain.value)) return [];
  const [from, of] = [hosts, domain].map(({ option }) => {
    const { value, origin } = givenFor(option, sources);
    return value === undefined ? "its default" : origin;
  });
  const own = `the component's own domain "${domain.value}" (from ${of})`;
  return [`${from}: [xmpp] hosts contains ${own}: calls would run in a circle`];
}
