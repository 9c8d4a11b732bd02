/**
 * Looks up the hosts that a configuration refers to, for `--check`: the SIP proxy, trunks, media relays, the XMPP server, our own web side.
 *
 * Rules: a trunk without a port may have NAPTR and SRV records only; a name that does not resolve, or not in time, is a one-line
 * error; an address needs no look-up; no socket is opened. Left out: whether anybody listens there, which the running gateway reports.
 * Codes are those of node:dns.
 */
import { isIP } from "node:net";
import type { Config } from "../config.ts";
import { nextHops, type Records, type Sought } from "../protocol/sip/next-hops.ts";
import { endpointOf } from "./hosts.ts";
import { JINGLE_SIP } from "./options.ts";
import type { Place } from "./trunk-options.ts";

/** The addresses of a host name; rejects if there are none, or if they take too long. */
type Resolve = (host: string) => Promise<readonly string[]>;

/** The result of a look-up, in one line. */
export interface Lookup {
  readonly isGood: boolean;
  readonly text: string;
}

/** Looks up all host names of a configuration at once. */
export function lookUp(
  { jingleSip, media, xmpp, web, trunks }: Config,
  resolve: Resolve,
  records: Records = NO_RECORDS,
): Promise<Lookup[]> {
  const hosts = [
    { option: `[${JINGLE_SIP}] proxy_host`, host: jingleSip.proxyHost },
    ...media.stun.map((server) => ({ option: "[media] stun", host: endpointOf(server).host })),
    ...media.rtpengine.map((relay) => ({ option: "[media] rtpengine", host: endpointOf(relay).host })),
    { option: "[xmpp] host", host: xmpp.host },
    { option: "[web] host", host: web.host },
  ];
  const places = trunks.flatMap(({ name, server, outboundProxy, transport }) => {
    const by = transport === "auto" ? undefined : transport;
    const one = (key: string, place: Place) => ({
      option: `[trunks.${name}] ${key}`,
      host: place.host,
      sought: { ...place, transport: by },
    });
    return [one("server", server), ...(outboundProxy ? [one("outbound_proxy", outboundProxy)] : [])];
  });
  const isName = ({ host }: { readonly host: string }): boolean => isIP(host) === 0;
  return Promise.all([
    ...hosts.filter(isName).map((each) => lookUpOne(each, resolve)),
    ...places.filter(isName).map((each) => lookUpOne(each, () => addressesOf(each.sought, resolve, records))),
  ]);
}

const NO_RECORDS: Records = { naptr: async () => [], srv: async () => [] };

/** The addresses of all next hops of a trunk; if there are none, rejects with the error of the first look-up that failed. */
async function addressesOf(sought: Sought, resolve: Resolve, records: Records): Promise<readonly string[]> {
  const hops = await nextHops(sought, records, () => 0);
  const found = await Promise.allSettled([...new Set(hops.map(({ host }) => host))].map(resolve));
  const addresses = found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const failed = found.find((each) => each.status === "rejected");
  if (addresses.length === 0 && failed !== undefined) throw failed.reason;
  return addresses;
}

async function lookUpOne({ option, host }: { option: string; host: string }, resolve: Resolve): Promise<Lookup> {
  const result = await resolve(host).catch((error: unknown) => whyUnresolved(error));
  const name = `${option} "${host}"`;
  if (typeof result === "string") return { isGood: false, text: `${name} does not resolve: ${result}` };
  return { isGood: true, text: `${name} resolves to ${result.join(", ")}` };
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no such name",
  ENODATA: "the name has no address",
  EAI_AGAIN: "no name server answers",
  ETIMEOUT: "no name server answers",
};

/** Why a name does not resolve, in words. */
export function whyUnresolved(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : error.message;
  const words = WORDS[code.replace(/^DNS_/, "")];
  return words === undefined ? code : `${words} (${code})`;
}
