/**
 * The hosts that a configuration names, looked up by `--check`: the SIP proxy, the XMPP server, our own web side.
 *
 * Rules: a name that does not resolve, or not in time, is an error of one line; an address needs no look-up; no socket is
 * opened. Left out: whether anybody listens there, which the running gateway says. Codes are those of node:dns.
 */
import { isIP } from "node:net";
import type { Config } from "../config.ts";
import { JINGLE_SIP } from "./options.ts";

export interface LookupNeeds {
  /** The addresses of a host name; rejects when there are none. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Settles after so many seconds. */
  readonly wait: (seconds: number) => Promise<unknown>;
}

/** What a look-up has found, in one line. */
export interface Lookup {
  readonly isGood: boolean;
  readonly text: string;
}

/** Seconds that a name server may take. */
const PATIENCE = 3;

/** Looks up the names of a configuration, all at once. */
export function lookUp({ jingleSip, xmpp, web }: Config, needs: LookupNeeds): Promise<Lookup[]> {
  const hosts = [
    { option: `[${JINGLE_SIP}] proxy_host`, host: jingleSip.proxyHost },
    { option: "[xmpp] host", host: xmpp.host },
    { option: "[web] host", host: web.host },
  ];
  return Promise.all(hosts.filter(({ host }) => isIP(host) === 0).map((each) => lookUpOne(each, needs)));
}

async function lookUpOne({ option, host }: { option: string; host: string }, needs: LookupNeeds): Promise<Lookup> {
  const late = needs.wait(PATIENCE).then(() => `the name server has not answered within ${PATIENCE} seconds`);
  const found = needs.resolve(host).catch((error: unknown) => whyUnresolved(error));
  const result = await Promise.race([found, late]);
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
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const words = WORDS[code.replace(/^DNS_/, "")];
  return words === undefined ? code : `${words} (${code})`;
}
