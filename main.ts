/**
 * The command line: `bun main.ts --config carillon.toml [--check]`, or `--help`.
 *
 * Reads and judges the configuration, starts the gateway and its web side, stops on SIGTERM and SIGINT; a second signal
 * does not wait. Whatever is wrong is one line on standard error and a non-zero exit, never a stack trace.
 */
import { createHash, randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { parseArgs } from "node:util";
import { systemClock } from "./actors/clock.ts";
import { Gateway, type GatewayConfig } from "./actors/gateway.ts";
import { createLog, type Log } from "./actors/log.ts";
import { LogOutput } from "./actors/log-output.ts";
import { decodeConfig } from "./config/file.ts";
import { judge } from "./config/judge.ts";
import { ConfigError } from "./config/words.ts";
import { type Config, readConfig } from "./config.ts";
import { connectTcp, listenTcp } from "./transports/tcp.ts";
import type { Address } from "./transports/transport.ts";
import { openUdp } from "./transports/udp.ts";
import { healthApp } from "./web/health.ts";
import { serveWeb } from "./web/serve.ts";

const USAGE = "usage: bun main.ts --config carillon.toml [--check]";
const HELP = `${USAGE}

  --config FILE  the configuration: copy carillon.example.toml, and see docs/options.md
  --check        reads and judges it, and starts nothing
  -h, --help     says this`;

/** What stops the start, in one line. */
class StartError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { config: file, check, help } = readArguments(args);
  if (help) return console.log(HELP);
  if (file === undefined) throw new StartError(USAGE);
  const config = readConfig(await read(file), file, process.env);
  const warnings = judge(config);
  if (check) {
    for (const warning of warnings) console.log(`${file}: ${warning}`);
    console.log(`${file}: good`);
    return;
  }
  const output = new LogOutput(process.stdout);
  process.on("exit", () => output.end(1));
  const log = createLog({ level: "info", to: output });
  for (const text of warnings) log({ level: "warn", event: "config.warning", text });
  await run(config, log);
}

function readArguments(args: readonly string[]) {
  const options = {
    config: { type: "string" },
    check: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new StartError(`${textOf(error)}; ${USAGE}`);
  }
}

async function read(file: string): Promise<string> {
  try {
    return decodeConfig(await readFile(file), file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (codeOf(error) === "ENOENT")
      throw new StartError(`${file}: there is no such file; copy carillon.example.toml to ${file}`);
    throw new StartError(`${file}: cannot be read (${codeOf(error)})`);
  }
}

async function run(config: Config, log: Log): Promise<void> {
  const gateway = new Gateway(gatewayConfig(config), {
    clock: systemClock,
    chance: Math.random,
    random: () => randomUUID().replaceAll("-", ""),
    hash: (algorithm, text) => createHash(algorithm).update(text).digest("hex"),
    sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
    open: { udp: saying("UDP", openUdp), listen: saying("TCP", listenTcp), connect: connectTcp },
    resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    log,
  });
  const { host, port } = config.web;
  const web = await serveWeb(
    healthApp(() => gateway.health),
    { host, port },
  ).catch((error: unknown) => {
    throw new StartError(`[web] ${host}, port ${port}: ${whyUnbound(error)}`);
  });
  await gateway.start().catch((error: unknown) => {
    throw new StartError(textOf(error));
  });
  log({ level: "info", event: "gateway.ready", sipPort: gateway.sip.port, webPort: web.port });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => gateway.stop());
  const failure = await gateway.stopped;
  await web.close();
  if (failure !== null) throw new StartError(failure);
}

/** The same opener, whose error says in words what cannot be had; the system's code stays on it. */
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
  EACCES: "not allowed to this user",
};

function whyUnbound(error: unknown): string {
  const words = UNBOUND[codeOf(error)];
  return words === undefined ? textOf(error) : `${words} (${codeOf(error)})`;
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);

/** The options, as the actors take them. */
function gatewayConfig({ jingleSip, sip, xmpp, calls }: Config): GatewayConfig {
  const { proxyHost, proxyPort, listenPort, localHost, sdpOrigin, transport, usernameToPhone } = jingleSip;
  const addresses = {
    hosts: xmpp.hosts,
    component: xmpp.domain,
    ours: [localHost.toLowerCase(), ...ownAddresses(sip.bind)],
    ...{ proxyHost, proxyPort, usernameToPhone },
    intercept: xmpp.mode === "intercept",
  };
  return {
    sip: { bind: sip.bind, port: listenPort, localHost, allow: sip.allow },
    xmpp: { ...xmpp, video: calls.video },
    calls: {
      proxy: { transport, host: proxyHost, port: proxyPort },
      ...{ localHost, sdpOrigin, addresses },
      ...{ profile: sip.profile, outbound: sip.outbound, username: sip.username, password: sip.password },
      ringTimeout: milliseconds(calls.ringTimeout),
      gatherTimeout: milliseconds(calls.gatherTimeout),
      renegotiateTimeout: milliseconds(calls.renegotiateTimeout),
      jmiTimeout: milliseconds(calls.jmiTimeout),
      retryAudioOnly: sip.retryAudioOnly,
      maxCalls: calls.maxCalls,
    },
    drainTimeout: milliseconds(calls.drainTimeout),
  };
}

/** The addresses that a SIP URI may name us by: those bound, or all of the machine's. */
function ownAddresses(bind: readonly string[]): string[] {
  const everywhere = bind.some((host) => host === "0.0.0.0" || host === "::");
  if (!everywhere) return [...bind];
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return interfaces.map(({ address }) => address);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : textOf(error);
const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  if (!(error instanceof StartError || error instanceof ConfigError)) throw error;
  console.error(`carillon: ${error.message}`);
  process.exit(1);
}
