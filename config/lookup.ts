/**
 * The hosts that a configuration names, looked up by `--check`: the SIP proxy, trunks, media relays, the XMPP server, our own web side.
 *
 * Rules: a name that does not resolve, or not in time, is an error of one line; an address needs no look-up; no socket is
 * opened. Left out: whether anybody listens there, which the running gateway says. Codes are those of node:dns.
 */
import { isIP } from "node:net";
import type { Config } from "../config.ts";
import { endpointOf } from "./hosts.ts";
import { JINGLE_SIP } from "./options.ts";

/** The addresses of a host name; rejects when there are none, or when they take too long. */
type Resolve = (host: string) => Promise<readonly string[]>;

/** What a look-up has found, in one line. */
export interface Lookup {
  readonly isGood: boolean;
  readonly text: string;
}

/** Looks up the names of a configuration, all at once. */
export function lookUp({ jingleSip, media, xmpp, web, trunks }: Config, resolve: Resolve): Promise<Lookup[]> {
  const hosts = [
    { option: `[${JINGLE_SIP}] proxy_host`, host: jingleSip.proxyHost },
    ...media.rtpengine.map((relay) => ({ option: "[media] rtpengine", host: endpointOf(relay).host })),
    { option: "[xmpp] host", host: xmpp.host },
    { option: "[web] host", host: web.host },
    ...trunks.flatMap(({ name, server, outboundProxy }) => [
      { option: `[trunks.${name}] server`, host: server.host },
      ...(outboundProxy ? [{ option: `[trunks.${name}] outbound_proxy`, host: outboundProxy.host }] : []),
    ]),
  ];
  return Promise.all(hosts.filter(({ host }) => isIP(host) === 0).map((each) => lookUpOne(each, resolve)));
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
