/**
 * Resolves host names over node:dns: by the system's resolver, or by the name server alone.
 *
 * Rules: the system's resolver knows /etc/hosts, but blocks one of four threads while a name server is silent, so it is only used for
 * configured names; queries to the name server need no thread and time out by themselves. COMPAT Bun 1.4.5, Deno 2.9: a silent server
 * costs 1 to 2 s of the time-out given.
 */
import { lookup, Resolver } from "node:dns/promises";

/** Milliseconds, for each of `TRIES`. */
const TIMEOUT = 1_000;
const TRIES = 2;

/** All addresses from the system's resolver; rejects if there are none. */
export async function resolveBySystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** SRV (RFC 2782) and NAPTR (RFC 3403) records from the name server; each look-up rejects if there is none. */
export function recordsByServer(servers?: readonly string[]) {
  const resolver = resolverOf(servers);
  return {
    naptr: (name: string) => resolver.resolveNaptr(name),
    srv: (name: string) => resolver.resolveSrv(name),
  };
}

/** All A and AAAA addresses from the name server (the system's by default); rejects if there are none. */
export async function resolveByServer(host: string, servers?: readonly string[]): Promise<string[]> {
  const resolver = resolverOf(servers);
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const failed = answers.find((answer) => answer.status === "rejected");
  if (addresses.length === 0) throw failed?.reason ?? new Error("no address");
  return addresses;
}

function resolverOf(servers: readonly string[] | undefined): Resolver {
  const resolver = new Resolver({ timeout: TIMEOUT, tries: TRIES });
  if (servers !== undefined) resolver.setServers([...servers]);
  return resolver;
}
