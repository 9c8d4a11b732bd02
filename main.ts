/**
 * The command line: `bun main.ts --config carillon.toml [--check]`, `--version`, `--help`, or a command for a gateway that runs.
 *
 * Reads the configuration, starts the gateway and its web side, stops on SIGTERM and SIGINT (where calls are saved it hands them over; a
 * second signal does not wait),
 * and reads the configuration again on SIGHUP. Rule: each fault is one line on standard error, and a non-zero exit; never
 * a stack trace.
 */
import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { setInterval } from "node:timers";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { systemClock } from "./actors/clock.ts";
import { Gateway, type GatewayConfig, type Reloadable } from "./actors/gateway.ts";
import { inTime } from "./actors/hosts.ts";
import { createLog, type LevelledLog, type Log } from "./actors/log.ts";
import { LogOutput } from "./actors/log-output.ts";
import { text } from "./actors/log-text.ts";
import { Supervised } from "./actors/relay/supervised.ts";
import { DiskStore } from "./actors/store/disk.ts";
import type { TrunkSettings } from "./actors/trunks/trunk.ts";
import type { TrunkFiles } from "./actors/trunks/trunks.ts";
import { watchAll } from "./actors/watch-all.ts";
import { Api, CommandError, type Connection } from "./cli/api.ts";
import { calls, hangUp, trace } from "./cli/commands.ts";
import { connectionOf } from "./cli/connection.ts";
import { type Command, help, isCompiled, programName, readArguments, runtimeOf, usage } from "./config/command-line.ts";
import { decodeConfig } from "./config/file.ts";
import { judge } from "./config/judge.ts";
import { lookUp, whyUnresolved } from "./config/lookup.ts";
import { relaysOf } from "./config/media.ts";
import { LiveConfig } from "./config/reload.ts";
import { whyNoStore } from "./config/store-file.ts";
import { readToken } from "./config/token.ts";
import { readTrunkFiles } from "./config/trunk-files.ts";
import { ConfigError, codeOf } from "./config/words.ts";
import { type Config, readConfig, readWeb } from "./config.ts";
import { Journal } from "./journal/journal.ts";
import type { Compression } from "./journal/packed.ts";
import { Trace } from "./journal/trace.ts";
import { VERSION } from "./protocol/sip/capabilities.ts";
import { writeHost } from "./protocol/sip/uri.ts";
import { UnboundAddress } from "./relay/relay-error.ts";
import { commandOf, spawnRelay } from "./relay/spawn.ts";
import { replayFile } from "./replay/command.ts";
import { settingOf } from "./replay/setting.ts";
import { mostDescriptors } from "./transports/descriptors.ts";
import { recordsByServer, resolveByServer, resolveBySystem } from "./transports/names.ts";
import { connectTcp, listenTcp } from "./transports/tcp.ts";
import { connectTls } from "./transports/tls.ts";
import type { Address } from "./transports/transport.ts";
import { openUdp } from "./transports/udp.ts";
import { Access, isLoopback } from "./web/access.ts";
import { windowApp } from "./web/app.ts";
import { Metrics } from "./web/metrics.ts";
import { serveWeb } from "./web/serve.ts";

const USAGE = usage(programName(process));

/** A configuration, and what the files of its trunks hold. */
type Read = Config & { readonly trunkFiles: TrunkFiles };

/** What stops the start, in one line. */
class StartError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { config: file, check, url, command, operand, ...asked } = argumentsOf(args);
  if (asked.help) return console.log(help(programName(process)));
  if (asked.version) return console.log(`carillon ${VERSION}`);
  if (command === "replay") return await replayed(operand, asked.step === true);
  if (command !== undefined && command !== "relay")
    return await runCommand(command, operand, await connectionTo(url, file));
  if (file === undefined) throw new StartError(USAGE);
  const readAgain = async (): Promise<Read> => {
    const known = readConfig(await read(file), file, process.env);
    return { ...known, trunkFiles: await readTrunkFiles(known.trunks, readText) };
  };
  const config = await readAgain();
  const token = await readToken(config.web, readText);
  if (check) return await checkConfig(file, config);
  if (command === "relay") return await relay(config);
  await run(config, token, readAgain, file);
}

/** Runs an exported call again. */
async function replayed(file: string, isStepped: boolean): Promise<void> {
  const isSame = await readText(file)
    .then((read) => replayFile(read, isStepped))
    .catch((error: unknown) => {
      throw new StartError(`${file}: ${textOf(error)}`);
    });
  if (!isSame) process.exit(1);
}

/** The gateway that a command is for. */
async function connectionTo(url: string | undefined, file: string | undefined): Promise<Connection> {
  const web = readWeb(file === undefined ? "" : await read(file), file ?? "", process.env);
  return connectionOf(url, web, await readToken(web, readText));
}

/** The media relay. What it needs is loaded here alone. */
async function relay(config: Config): Promise<void> {
  const { runRelay } = await import("./relay/run.ts");
  const { addresses, outside, firstPort, lastPort } = config.media;
  const [at] = relaysOf(config.media);
  if (config.media.relay !== "own" || !at)
    throw new StartError('relay is of a configuration with [media] relay = "own"');
  const { log } = levelledLog(config);
  await runRelay({ at, addresses, outside, ports: { first: firstPort, last: lastPort } }, log).catch(
    (error: unknown) => {
      const option = error instanceof UnboundAddress ? `addresses, ${error.address}` : `ng_port ${at.port}`;
      throw new StartError(`[media] ${option}: ${whyUnbound(error)}`);
    },
  );
}

async function runCommand(command: Command, operand: string, connection: Connection): Promise<void> {
  const api = new Api(connection);
  const print = (line: string): void => console.log(line);
  if (command === "calls") return await calls(api, print, systemClock.now());
  if (command === "hangup") return await hangUp(api, operand, print);
  await trace(api, operand, print);
}

function argumentsOf(args: readonly string[]): ReturnType<typeof readArguments> {
  try {
    return readArguments(args);
  } catch (error) {
    throw new StartError(`${textOf(error)}; ${USAGE}`);
  }
}

/** Says what a configuration without errors leaves to say: warnings, and what its host names are. */
async function checkConfig(file: string, config: Config): Promise<void> {
  for (const warning of judge(config)) console.log(`${file}: ${warning}`);
  const found = await lookUp(config, inTime(resolveBySystem, systemClock), recordsByServer());
  for (const { isGood, text } of found) if (isGood) console.log(`${file}: ${text}`);
  const unsaved = await whyNoStoreOf(config);
  const faults = [...found.filter(({ isGood }) => !isGood).map(({ text }) => text), ...(unsaved ? [unsaved] : [])];
  const failed = faults.map((text) => `${file}: ${text}`);
  if (failed.length > 0) throw new ConfigError(failed);
  console.log(`${file}: good`);
}

/** Why the calls of this configuration cannot be saved, where they are to be. */
const whyNoStoreOf = async ({ calls: { store } }: Config): Promise<string | undefined> =>
  store === "" ? undefined : await whyNoStore(store);

const readText = (file: string): Promise<string> => readFile(file, "utf8");

async function read(file: string): Promise<string> {
  try {
    return decodeConfig(await readFile(file), file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (codeOf(error) === "ENOENT")
      throw new ConfigError([`${file}: there is no such file; copy carillon.example.toml to ${file}`]);
    throw new ConfigError([`${file}: cannot be read (${codeOf(error)})`]);
  }
}

async function run(config: Read, token: string, readAgain: () => Promise<Read>, file: string): Promise<void> {
  const unsaved = await whyNoStoreOf(config);
  if (unsaved !== undefined) throw new StartError(unsaved);
  const { log, setLevel } = startLog(config);
  const ownRelay = config.media.relay === "own" ? relayProcess(file, log) : undefined;
  const tracing = new Trace((traced) => log({ level: "info", event: "call.message", ...traced }));
  tracing.set(config.log.trace);
  const journal = journalOf(config);
  const metrics: Metrics = new Metrics(() => gateway.gauges);
  const gateway: Gateway = new Gateway(gatewayConfig(config), {
    clock: systemClock,
    chance: Math.random,
    random,
    hash: (algorithm, text) => createHash(algorithm).update(text).digest("hex"),
    sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
    open: { udp: saying("UDP", openUdp), listen: saying("TCP", listenTcp), connect: connectTcp, connectTls },
    resolve: resolveBySystem,
    resolvePeer: (host) => resolveByServer(host),
    records: recordsByServer(),
    log,
    store: config.calls.store === "" ? undefined : new DiskStore(config.calls.store),
    watch: watchAll([journal, metrics, tracing]),
  });
  const apply = (changed: Read): void => {
    setLevel(changed.log.level);
    tracing.set(changed.log.trace);
    gateway.reload(reloadable(changed));
  };
  const live = new LiveConfig(config, { read: readAgain, apply, log });
  process.on("SIGHUP", () => void live.reload());
  const stop = (): void => (config.calls.drain ? gateway.stop() : gateway.handOver());
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
  const web = await openWeb(config, gateway, { journal, metrics, token });
  ownRelay?.start();
  const started = gateway.start().then(() => {
    const ports = { sipPort: gateway.sip.port, webPort: web.port };
    log({ level: "info", event: "gateway.listening", ...ports });
    void gateway.ready.then(() => log({ level: "info", event: "gateway.ready", ...ports }));
  });
  await Promise.race([started, gateway.stopped]).catch((error: unknown) => {
    throw new StartError(textOf(error));
  });
  const failure = await gateway.stopped;
  await ownRelay?.stop();
  await web.close();
  if (failure !== null) throw new StartError(failure);
}

/** The relay of our own, in a process of its own. */
const relayProcess = (file: string, log: Log): Supervised =>
  new Supervised({ clock: systemClock, log, start: () => spawnRelay(commandOf(process, isCompiled(process)), file) });

function levelledLog(config: Config): LevelledLog {
  const output = new LogOutput(process.stdout);
  process.on("exit", () => output.end(1));
  const { level, format } = config.log;
  const isText = format === "text" || (format === "auto" && process.stdout.isTTY);
  return createLog({ level, to: output, ...(isText ? { format: text } : {}) });
}

/** The log; its first lines are the version, and the warnings about the configuration. */
function startLog(config: Config): LevelledLog {
  const levelled = levelledLog(config);
  levelled.log({ level: "info", event: "gateway.start", version: VERSION, runtime: runtimeOf(process) });
  for (const text of judge(config)) levelled.log({ level: "warn", event: "config.warning", text });
  if (config.dial.rules === undefined) levelled.log({ level: "info", event: "dial.open", text: OPEN });
  return levelled;
}

const OPEN = "whatever a user dials goes to the proxy: [dial] rules would say who may call what";

const random = (): string => randomUUID().replaceAll("-", "");

/** 1.7 of 5.8 kB of a small call in 19 µs, 3.5 of 33 kB of one of a browser; higher levels save a tenth of that and take twice the time. */
const compression: Compression = {
  deflate: (bytes) => deflateRawSync(bytes, { level: 2 }),
  inflate: (bytes) => inflateRawSync(bytes),
};

/** Keeps what happens to calls, where somebody may look at it. */
function journalOf({ web }: Config): Journal | undefined {
  if (web.journal === 0) return undefined;
  const journal = new Journal({ now: () => systemClock.now(), budget: web.journal * 2 ** 20, compression });
  setInterval(() => journal.rest(), 1_000).unref();
  return journal;
}

/** Milliseconds in which the answer to who has it drained gets out, before a gateway without calls ends. */
const A_MOMENT = 100;

async function openWeb(
  config: Read,
  gateway: Gateway,
  { token, ...by }: { readonly journal: Journal | undefined; readonly metrics: Metrics; readonly token: string },
): ReturnType<typeof serveWeb> {
  const { host, port } = config.web;
  const [address = host] = await inTime(
    resolveBySystem,
    systemClock,
  )(host).catch((error: unknown) => {
    throw new StartError(`[web] host "${host}" does not resolve: ${whyUnresolved(error)}`);
  });
  const access = new Access({
    token,
    isLocal: isLoopback(address.includes(":") ? `[${address}]` : address),
    random,
    now: () => systemClock.now(),
  });
  const app = windowApp({
    ...by,
    access,
    boot: random(),
    version: VERSION,
    health: () => gateway.health,
    setting: () => settingOf(gatewayConfig(config)),
    hangUp: (id) => gateway.calls.hangUp(id),
    drain: () => void systemClock.after(A_MOMENT, () => gateway.stop()),
  });
  return await serveWeb(app, { host: address, port, most: mostDescriptors() / 4 }).catch((error: unknown) => {
    throw new StartError(`[web] ${host}, port ${port}: ${whyUnbound(error)}`);
  });
}

/** The same opener, whose error says in words which socket cannot be opened and why; it keeps the system's code. */
function saying<Rest, Opened>(transport: string, open: (at: Address, rest: Rest) => Promise<Opened>): typeof open {
  return (at, rest) =>
    open(at, rest).catch((error: unknown) => {
      const text = `[sip] bind ${at.host}, ${transport} port ${at.port}: ${whyUnbound(error)}`;
      throw Object.assign(new Error(text), { code: codeOf(error) });
    });
}

const UNBOUND: Readonly<Record<string, string>> = {
  EADDRINUSE: "in use by another program",
  EADDRNOTAVAIL: "not an address of this machine",
  EACCES: "this user may not open it",
};

function whyUnbound(error: unknown): string {
  const words = UNBOUND[codeOf(error)];
  return words === undefined ? textOf(error) : `${words} (${codeOf(error)})`;
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);

/** What SIGHUP changes, as the gateway takes it. */
const reloadable = ({ jingleSip, sip, calls, dial, trunkFiles }: Read): Reloadable => ({
  trunkFiles,
  allow: sip.allow,
  usernameToPhone: jingleSip.usernameToPhone,
  maxCalls: calls.maxCalls,
  perUser: calls.perUser,
  perMinute: calls.perMinute,
  dial: dialPlan(dial),
  trusted: sip.trusted,
});

/** The dial plan, where there is one. */
const dialPlan = ({ rules, longest, ...more }: Config["dial"]): Reloadable["dial"] =>
  rules && { ...more, rules, longest: milliseconds(longest) };

/** The options, as the actors take them. */
function gatewayConfig({ jingleSip, sip, media, xmpp, calls, dial, trunks, trunkFiles }: Read): GatewayConfig {
  const { proxyHost, proxyPort, listenPort, localHost, sdpOrigin, transport, usernameToPhone } = jingleSip;
  const addresses = {
    hosts: xmpp.hosts,
    component: xmpp.domain,
    ours: [localHost.toLowerCase(), ...ownAddresses(sip.bind)],
    proxyHost,
    proxyPort,
    usernameToPhone,
    intercept: xmpp.mode === "intercept",
    speaksAs: xmpp.speaksAs,
  };
  return {
    sip: { bind: sip.bind, port: listenPort, localHost, allow: sip.allow, strict: sip.strict },
    xmpp: { ...xmpp, video: calls.video },
    calls: {
      proxy: { transport, host: proxyHost, port: proxyPort },
      localHost,
      sdpOrigin,
      addresses,
      dial: dialPlan(dial),
      trusted: sip.trusted,
      ...{
        profile: sip.profile,
        outbound: sip.outbound,
        username: sip.username,
        password: sip.password,
        realm: sip.realm,
        media: sip.media,
        codecs: sip.codecs,
      },
      ringTimeout: milliseconds(calls.ringTimeout),
      gatherTimeout: milliseconds(calls.gatherTimeout),
      renegotiateTimeout: milliseconds(calls.renegotiateTimeout),
      jmiTimeout: milliseconds(calls.jmiTimeout),
      retryAudioOnly: sip.retryAudioOnly,
      maxCalls: calls.maxCalls,
      perUser: calls.perUser,
      perMinute: calls.perMinute,
    },
    trunks: trunks.map(trunkSettings),
    trunkFiles,
    ...(relaysOf(media).length > 0 ? { relay: { at: relaysOf(media), direction: media.direction } } : {}),
    proxyInterval: milliseconds(sip.optionsInterval),
    drainTimeout: milliseconds(calls.drainTimeout),
  };
}

/** A trunk, as the actors take it: where no domain is said, it is the server as it is written. */
function trunkSettings({ domain, keepalive, ...trunk }: Config["trunks"][number]): TrunkSettings {
  const { host, port } = trunk.server;
  const own = writeHost(host);
  const authority = domain || (port === undefined ? own : `${own}:${port}`);
  return { ...trunk, keepalive: milliseconds(keepalive), authority, domain: domain || own };
}

/** The addresses by which a SIP URI may name us: those bound, or all of the machine's. */
function ownAddresses(bind: readonly string[]): string[] {
  const everywhere = bind.some((host) => host === "0.0.0.0" || host === "::");
  if (!everywhere) return [...bind];
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return interfaces.map(({ address }) => address);
}

const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  if (!(error instanceof StartError || error instanceof ConfigError || error instanceof CommandError)) throw error;
  for (const line of error.message.split("\n")) console.error(`carillon: ${line}`);
  process.exit(1);
}
