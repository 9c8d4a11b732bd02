/**
 * Ports of loopback for servers that must be told theirs.
 *
 * All ports of a call are held open, UDP and TCP, until the last is found, and none is given twice in one process: two
 * listeners never get the same one. A program of somebody else may still take a port before its server does.
 */
import { listenTcp } from "../../transports/tcp.ts";
import { openUdp } from "../../transports/udp.ts";

const HOST = "127.0.0.1";
const given = new Set<number>();

interface Held {
  readonly port: number;
  release(): Promise<unknown>;
}

/** A free port for each name. */
export async function freePorts<Name extends string>(
  ...names: readonly Name[]
): Promise<Readonly<Record<Name, number>>> {
  const held: Held[] = [];
  const ports: [Name, number][] = [];
  for (const name of names) ports.push([name, await hold(held)]);
  await Promise.all(held.map((each) => each.release()));
  return Object.fromEntries(ports) as Record<Name, number>;
}

/** A free port; whoever needs more asks for all of them at once. */
export const freePort = async (): Promise<number> => (await freePorts("only")).only;

/** Holds ports until there is one that was not given before. */
async function hold(held: Held[]): Promise<number> {
  for (;;) {
    const { port } = await holdOne(held);
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

async function holdOne(held: Held[]): Promise<Held> {
  for (;;) {
    const tcp = await listenTcp({ host: HOST, port: 0 }, () => ({ received: () => {}, closed: () => {} }));
    const { port } = tcp.local;
    const udp = await openUdp({ host: HOST, port }, { received: () => {}, failed: () => {} }).catch(() => undefined);
    const one = { port, release: () => Promise.all([tcp.close(), udp?.close()]) };
    held.push(one);
    if (udp) return one;
  }
}
