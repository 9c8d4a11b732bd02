/**
 * Host names made addresses over node:dns: as the system does it, or of the name server alone.
 *
 * Rules: the system's way knows /etc/hosts, and holds one of four threads for as long as a name server is silent, so it is for names of the
 * configuration; the name server is asked without any thread and gives up by itself. COMPAT Bun 1.4.5, Deno 2.9: a silent server
 * costs 1 to 2 s of the time-out given.
 */
import { lookup, Resolver } from "node:dns/promises";

/** In milliseconds, for each of `TRIES`. */
const TIMEOUT = 1_000;
const TRIES = 2;

/** All addresses as the system finds them; rejects when there are none. */
export async function resolveBySystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** What the name server knows of services (RFC 2782, RFC 3403); rejects where there is no record. */
export function recordsByServer(servers?: readonly string[]) {
  const resolver = resolverOf(servers);
  return {
    naptr: (name: string) => resolver.resolveNaptr(name),
    srv: (name: string) => resolver.resolveSrv(name),
  };
}

/** All addresses that the name server knows, the system's where no other is given; rejects when there are none. */
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
