/** The gateway's account at Kamailio: the phones are called by name, and whoever calls the account reaches juliet. */
import type { Authority, Pair } from "../support/certificates.ts";
import { COMPONENT, DOMAIN } from "../support/prosody.ts";
import { PROXY, PROXY_TLS_PORT } from "./lab.ts";

export const TRANSPORTS = ["UDP", "TLS"] as const;
export type AccountTransport = (typeof TRANSPORTS)[number];

/** The sections of its configuration, with that `[media]`, and the proxy's certificate; keys more for `[dial]` and the trunk. */
export function accountBy(
  transport: AccountTransport,
  authority: Authority,
  media: string,
  { dial = "", trunk = "" } = {},
): { more: string; tls: Pair | undefined } {
  const isByTls = transport === "TLS";
  const way = isByTls
    ? `server = "${PROXY}:${PROXY_TLS_PORT}"\ntransport = "tls"\nca = "${authority.ca}"`
    : `server = "${PROXY}"`;
  const more = `
${media}
[dial]
${dial}
rules = [{ to = "@", trunk = "line" }]
[trunks.line]
${way}
domain = "${COMPONENT}"
username = "line"
password = "secret"
register = true
media = "rtp"
${trunk}
default_user = "juliet@${DOMAIN}"
`;
  return { more, tls: isByTls ? authority.sign("proxy", `DNS:${COMPONENT}`) : undefined };
}
