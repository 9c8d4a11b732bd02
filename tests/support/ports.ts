/**
 * Loopback ports for servers that must be given theirs.
 *
 * No port is used twice on one machine, however many processes ask: the ports returned are even, and the odd one above
 * each is occupied as long as the process lives (with `bun test --parallel`: as long as its test file). They are below the
 * ephemeral ports of the system (32768 on Linux), so that no connection takes one before its server does.
 */
import { listenTcp } from "../../transports/tcp.ts";
import { openUdp } from "../../transports/udp.ts";

const HOST = "127.0.0.1";
const [LOWEST, HIGHEST] = [10_000, 32_000];

/** A free port for each name. */
export async function freePorts<Name extends string>(
  ...names: readonly Name[]
): Promise<Readonly<Record<Name, number>>> {
  const ports: [Name, number][] = [];
  for (const name of names) ports.push([name, await freePort()]);
  return Object.fromEntries(ports) as Record<Name, number>;
}

/** A port free for both UDP and TCP. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + 2 * Math.floor((Math.random() * (HIGHEST - LOWEST)) / 2);
    const claim = await openedUdp(port + 1);
    if (claim === undefined) continue;
    if (await isFree(port)) return port;
    await claim.close();
  }
}

const openedUdp = (port: number) =>
  openUdp({ host: HOST, port }, { received: () => {}, failed: () => {} }).catch(() => undefined);

async function isFree(port: number): Promise<boolean> {
  const events = { received: () => {}, closed: () => {} };
  const tcp = await listenTcp({ host: HOST, port }, () => events).catch(() => undefined);
  const udp = tcp && (await openedUdp(port));
  await Promise.all([tcp?.close(), udp?.close()]);
  return udp !== undefined;
}
