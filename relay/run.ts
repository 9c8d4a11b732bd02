/** `carillon relay`: the relay as a process, with its signals, its log and its sockets. */
import { fstatSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { systemClock } from "../actors/clock.ts";
import type { Log } from "../actors/log.ts";
import { resolveBySystem } from "../transports/names.ts";
import { openUdp } from "../transports/udp.ts";
import { UnboundAddress } from "./relay-error.ts";
import { type RelaySettings, serve } from "./serve.ts";

/** The maximum number of addresses offered to users. */
const MOST_ADDRESSES = 8;

/** The configured options; without addresses, those of the machine at the time, since a provider may change them daily. */
export interface RelayOptions extends Omit<RelaySettings, "addresses"> {
  readonly addresses: readonly string[];
}

/** Runs until it is stopped. Rejects if the command port cannot be opened, or an address cannot be bound. */
export async function runRelay(options: RelayOptions, log: Log): Promise<void> {
  for (const address of options.addresses) await tryAddress(address);
  const addresses = (): readonly string[] => (options.addresses.length > 0 ? options.addresses : ownAddresses());
  const needs = { open: openUdp, clock: systemClock, chance: Math.random, log, resolve: resolveBySystem };
  const relay = await serve({ ...options, addresses }, needs);
  log({ level: "info", event: "relay.listening", pid: process.pid, ...relay.at, addresses: addresses().join(" ") });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => relay.stop());
  // SIGHUP may reach all processes of a service; only the gateway reloads its options
  process.on("SIGHUP", () => {});
  // an exception that werift throws in a timer of one call must not end the other calls
  const fault = (error: unknown): void => log({ level: "error", event: "relay.fault", error: String(error) });
  process.on("unhandledRejection", fault).on("uncaughtException", fault);
  const gone = new Promise<void>((resolve) => {
    if (hasParent()) process.stdin.once("end", resolve).once("error", resolve).resume();
  });
  await Promise.race([relay.stopped, gone]);
}

async function tryAddress(host: string): Promise<void> {
  const events = { received: () => {}, failed: () => {} };
  const socket = await openUdp({ host, port: 0 }, events).catch((error: unknown) => {
    throw new UnboundAddress(host, error instanceof Error && "code" in error ? String(error.code) : String(error));
  });
  await socket.close();
}

/** Whether standard input is a pipe, as under a gateway, and not a terminal or a service's own input. */
function hasParent(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket();
  } catch {
    return false;
  }
}

/** Addresses that others can reach: IPv4 first, since more phones support it. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const reachable = all.filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address));
  const found = reachable
    .map(({ address }) => address)
    .sort((one, other) => Number(one.includes(":")) - Number(other.includes(":")));
  return (found.length > 0 ? found : ["127.0.0.1"]).slice(0, MOST_ADDRESSES);
}
