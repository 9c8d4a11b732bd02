/** The configuration of a gateway process whose XMPP server and SIP proxy are on loopback. */
import { COMPONENT, DOMAIN, SECRET, type XmppServer } from "./prosody.ts";

/** What the gateway is told about its XMPP server. */
export type ServerOfGateway = Pick<XmppServer, "component" | "componentPort" | "domain">;

/** The discard port (RFC 863), where nobody listens: for tests without a server, or without a proxy. */
export const NOBODY = 9;
export const NO_SERVER: ServerOfGateway = { component: COMPONENT, componentPort: NOBODY, domain: DOMAIN };

export interface GatewayTomlOptions {
  readonly proxyHost?: string;
  /** The port for SIP; 0 is any free one. */
  readonly listenPort?: number;
  /** More lines for `[modules.mod_jingle_sip]`, `[sip]`, `[xmpp]` and `[web]`. */
  readonly module?: string;
  readonly sip?: string;
  readonly xmpp?: string;
  readonly web?: string;
  /** More tables. */
  readonly tables?: string;
}

export const gatewayToml = (
  server: ServerOfGateway,
  proxyPort: number,
  {
    proxyHost = "127.0.0.1",
    listenPort = 0,
    module = "",
    sip = "",
    xmpp = "",
    web = "",
    tables = "",
  }: GatewayTomlOptions = {},
): string => `
[modules.mod_jingle_sip]
proxy_host = "${proxyHost}"
proxy_port = ${proxyPort}
listen_port = ${listenPort}
${module}
[sip]
bind = ["127.0.0.1"]
${sip}
[xmpp]
host = "127.0.0.1"
port = ${server.componentPort}
domain = "${server.component}"
secret = "${SECRET}"
hosts = ["${server.domain}"]
${xmpp}
${tables}
[web]
port = 0
${web}
`;
