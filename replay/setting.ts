/** What a play must know of a gateway, read from its configuration. */
import type { GatewayConfig } from "../actors/gateway.ts";
import type { Setting } from "../journal/setting.ts";

export function settingOf({ sip, xmpp, calls }: GatewayConfig): Setting {
  const { addresses, proxy, username, realm, ...options } = calls;
  return {
    ...{ component: xmpp.domain, hosts: xmpp.hosts, ours: [sip.localHost, ...addresses.ours], port: sip.port },
    ...{ proxyHost: proxy.host, proxyPort: proxy.port, usernameToPhone: addresses.usernameToPhone },
    realm,
    intercept: xmpp.mode === "intercept",
    options: { ...options, transport: proxy.transport, hasCredentials: username !== "" },
  };
}
