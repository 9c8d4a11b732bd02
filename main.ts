/**
 * The command line: `bun main.ts --config carillon.toml [--check]`, `--version`, `--help`, or a command for a gateway that runs.
 *
 * Reads the configuration, starts the gateway and its web side, stops on SIGTERM and SIGINT (with a call store it hands the calls over;
 * a second signal does not wait), and reads the configuration again on SIGHUP. Rule: each fault is one line on standard error and a
 * non-zero exit, never a stack trace.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setInterval } from "node:timers";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { systemClock } from "./actors/clock.ts";
import { Gateway } from "./actors/gateway.ts";
import { inTime } from "./actors/hosts.ts";
import type { Log } from "./actors/log.ts";
import { Supervised } from "./actors/relay/supervised.ts";
import { watchAll } from "./actors/watch-all.ts";
import { Api, CommandError, type Connection } from "./cli/api.ts";
import { calls, hangUp, trace } from "./cli/commands.ts";
import { connectionOf } from "./cli/connection.ts";
import { type Command, help, readArguments, usage } from "./config/command-line.ts";
import { decodeConfig } from "./config/file.ts";
import { endpointOf } from "./config/hosts.ts";
import { lookUp } from "./config/lookup.ts";
import { relaysOf } from "./config/media.ts";
import { LiveConfig } from "./config/reload.ts";
import { commandOf, programName } from "./config/started.ts";
import { whyNoStore } from "./config/store-file.ts";
import { readTlsFiles } from "./config/tls-files.ts";
import { readToken } from "./config/token.ts";
import { ConfigError, codeOf } from "./config/words.ts";
import { type Config, readConfig, readWeb } from "./config.ts";
import type { Zlib } from "./journal/alike.ts";
import { Journal } from "./journal/journal.ts";
import { Trace } from "./journal/trace.ts";
import { printable } from "./protocol/printable.ts";
import { VERSION } from "./protocol/sip/capabilities.ts";
import { UnboundAddress } from "./relay/relay-error.ts";
import { spawnRelay } from "./relay/spawn.ts";
import { replayFile } from "./replay/command.ts";
import { gatewayConfig, type Read, reloadable } from "./start/gateway-config.ts";
import { lastLines, levelledLog, startLog, warningsOf } from "./start/log.ts";
import { random } from "./start/random.ts";
import { StartError, textOf, whyUnbound } from "./start/start-error.ts";
import { openStore } from "./start/store.ts";
import { openWeb } from "./start/web.ts";
import { recordsByServer, resolveByServer, resolveBySystem } from "./transports/names.ts";
import { connectTcp, listenTcp } from "./transports/tcp.ts";
import { connectTls } from "./transports/tls.ts";
import { listenTls } from "./transports/tls-listener.ts";
import type { Address } from "./transports/transport.ts";
import { openUdp } from "./transports/udp.ts";
import { Metrics } from "./web/metrics.ts";

const USAGE = usage(programName(process));

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
    return { ...known, ...(await readTlsFiles(known, readText)) };
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

/** The running gateway that a command addresses. */
async function connectionTo(url: string | undefined, file: string | undefined): Promise<Connection> {
  const web = readWeb(file === undefined ? "" : await read(file), file ?? "", process.env);
  return connectionOf(url, web, await readToken(web, readText));
}

/** Runs the media relay. Its dependencies are loaded only here. */
async function relay(config: Config): Promise<void> {
  const { runRelay } = await import("./relay/run.ts");
  const { addresses, outside, firstPort, lastPort } = config.media;
  const stun = config.media.stun.map(endpointOf);
  const [at] = relaysOf(config.media);
  if (config.media.relay !== "own" || !at)
    throw new StartError('relay needs a configuration with [media] relay = "own"');
  const { log } = levelledLog(config);
  await runRelay({ at, addresses, outside, stun, ports: { first: firstPort, last: lastPort } }, log).catch(
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

/** Prints the warnings of a valid configuration and the addresses of its hosts; throws if a look-up fails or calls cannot be saved. */
async function checkConfig(file: string, config: Read): Promise<void> {
  for (const warning of warningsOf(config)) console.log(`${file}: ${warning}`);
  const found = await lookUp(config, inTime(resolveBySystem, systemClock), recordsByServer());
  for (const { isGood, text } of found) if (isGood) console.log(`${file}: ${text}`);
  const unsaved = await whyNoStoreOf(config);
  const faults = [...found.filter(({ isGood }) => !isGood).map(({ text }) => text), ...(unsaved ? [unsaved] : [])];
  const failed = faults.map((text) => `${file}: ${text}`);
  if (failed.length > 0) throw new ConfigError(failed);
  console.log(`${file}: good`);
}

/** Why the calls of this configuration cannot be saved; undefined without a store, or if they can. */
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
  const journal = journalOf(config, log);
  const metrics: Metrics = new Metrics(() => gateway.gauges);
  const gateway: Gateway = new Gateway(gatewayConfig(config), {
    clock: systemClock,
    chance: Math.random,
    random,
    hash: (algorithm, text) => createHash(algorithm).update(text).digest("hex"),
    sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
    open: {
      ...{ udp: saying("UDP", openUdp), listen: saying("TCP", listenTcp), listenTls: saying("TLS", listenTls) },
      ...{ connect: connectTcp, connectTls },
    },
    resolve: resolveBySystem,
    resolvePeer: (host) => resolveByServer(host),
    records: recordsByServer(),
    log,
    store: openStore(config),
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
    const { port: sipPort, tlsPort } = gateway.sip;
    const ports = { sipPort, ...(tlsPort === undefined ? {} : { tlsPort }), webPort: web.port };
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

/** Our own media relay, in a process of its own. */
const relayProcess = (file: string, log: Log): Supervised =>
  new Supervised({ clock: systemClock, log, start: () => spawnRelay(commandOf(process), file) });

/** Level 2 leaves 0.5 of 6.5 kB of a small call, 2 of 34 kB of a browser's; without the dictionary 1.7 and 3.5. */
const zlib: Zlib = {
  deflate: (bytes, dictionary) => deflateRawSync(bytes, { level: 2, dictionary }),
  inflate: (bytes, dictionary) => inflateRawSync(bytes, { dictionary }),
};

/** Creates the journal of calls; none if `[web] journal` is 0. */
function journalOf({ web }: Config, log: Log): Journal | undefined {
  if (web.journal === 0) return undefined;
  const now = (): number => systemClock.now();
  const fault = (error: unknown): void =>
    log({ level: "error", event: "journal.fault", error: String(error), stack: stackOf(error) });
  const journal = new Journal({ now, budget: web.journal * 2 ** 20, zlib, fault });
  setInterval(() => journal.rest(), 1_000).unref();
  return journal;
}

const stackOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : undefined);

/** Wraps an opener: its error says in words which socket cannot be opened and why, and keeps the system's code. */
function saying<Rest extends readonly unknown[], Opened>(
  transport: string,
  open: (at: Address, ...rest: Rest) => Promise<Opened>,
): typeof open {
  return (at, ...rest) =>
    open(at, ...rest).catch((error: unknown) => {
      const text = `[sip] bind ${at.host}, ${transport} port ${at.port}: ${whyUnbound(error)}`;
      throw Object.assign(new Error(text), { code: codeOf(error) });
    });
}

try {
  await main(process.argv.slice(2));
  await lastLines();
  process.exit(0);
} catch (error) {
  await lastLines();
  if (!(error instanceof StartError || error instanceof ConfigError || error instanceof CommandError)) throw error;
  for (const line of error.message.split("\n")) console.error(printable(`carillon: ${line}`));
  process.exit(1);
}
