/**
 * Next hops of a SIP domain, best first: RFC 3263 §4, RFC 2782. Pure: DNS records and random numbers are parameters.
 *
 * Rules: an address, or a host with a port, is used directly (§4.1, §4.2); NAPTR determines transports and their order; without
 * NAPTR, SRV is queried for each of our transports; without SRV, the host itself at the default port. The queries of one step run
 * concurrently; a failed one counts as no record. TLS is queried directly (`_sips._tcp`) if it is required, and used if NAPTR
 * offers it. Left out on purpose: resolving the names to addresses.
 */
import { type Destination, defaultPort, type Transport } from "./message.ts";

interface Naptr {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}
interface Srv {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

/** DNS look-ups; a query rejects or returns an empty list if there is no record. */
export interface Records {
  naptr(name: string): Promise<readonly Naptr[]>;
  srv(name: string): Promise<readonly Srv[]>;
}

/** A host to resolve, with port and transport if configured. */
export interface Sought {
  readonly host: string;
  readonly port?: number | undefined;
  readonly transport?: Transport | undefined;
}

const SERVICES: Readonly<Record<string, Transport>> = { "sips+d2t": "tls", "sip+d2t": "tcp", "sip+d2u": "udp" };
const NAMES: Readonly<Record<Transport, string>> = { tls: "_sips._tcp.", tcp: "_sip._tcp.", udp: "_sip._udp." };
/** §4.1: for a `sip` URI without NAPTR. */
const OURS: readonly Transport[] = ["udp", "tcp"];
/** No provider has more; each costs a look-up. */
const MOST_HOPS = 16;

/** COMPAT Deno 2.9: does not strip the root's dot from names. */
const unrooted = (name: string): string => name.replace(/\.$/, "");
const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

/** The host itself, without look-ups. */
export function placeOf({ host, port, transport = "udp" }: Sought): Destination {
  return { host, port: port ?? defaultPort(transport), transport };
}

/** The hops to try, best first; their hosts may be names. */
export async function nextHops(
  sought: Sought,
  records: Records,
  chance: () => number,
): Promise<readonly Destination[]> {
  const { host, port, transport } = sought;
  const itself = [placeOf(sought)];
  if (port !== undefined || isAddress(host)) return itself;
  const asked = await services(host, transport, records);
  const found = await Promise.all(asked.map(({ name }) => records.srv(name).catch(() => [])));
  const hops = asked.flatMap(({ by }, at) =>
    inOrder(found[at] ?? [], chance).map((each) => ({ host: unrooted(each.name), port: each.port, transport: by })),
  );
  return hops.length > 0 ? hops.slice(0, MOST_HOPS) : itself;
}

/** The SRV names to query, in order: those of NAPTR, or one for each transport (§4.1). */
async function services(
  host: string,
  transport: Transport | undefined,
  records: Records,
): Promise<readonly { readonly by: Transport; readonly name: string }[]> {
  const all = (transport ? [transport] : OURS).map((by) => ({ by, name: `${NAMES[by]}${host}` }));
  if (transport !== undefined) return all;
  const naptr = await records.naptr(host).catch(() => []);
  const named = naptr
    .filter(({ flags }) => flags.toLowerCase() === "s")
    .toSorted((one, other) => one.order - other.order || one.preference - other.preference)
    .flatMap(({ service, replacement }) => {
      const by = SERVICES[service.toLowerCase()];
      return by === undefined ? [] : [{ by, name: unrooted(replacement) }];
    });
  return named.length > 0 ? named : all;
}

/** RFC 2782: by priority, then random in proportion to weight. A single `.` means that the service does not exist. */
export function inOrder(records: readonly Srv[], chance: () => number): readonly Srv[] {
  const left = records
    .filter(({ name }) => unrooted(name) !== "")
    .toSorted((one, other) => one.priority - other.priority || one.weight - other.weight);
  const ordered: Srv[] = [];
  while (left.length > 0) {
    const best = left.filter(({ priority }) => priority === left[0]?.priority);
    const at = chance() * best.reduce((sum, { weight }) => sum + weight, 0);
    let passed = 0;
    const next = best.find(({ weight }) => {
      passed += weight;
      return passed >= at;
    });
    const chosen = next ?? best[0];
    if (chosen === undefined) break;
    ordered.push(chosen);
    left.splice(left.indexOf(chosen), 1);
  }
  return ordered;
}
