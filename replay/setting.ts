/** What a play must know of a gateway, read from its configuration: each value by name, so that no secret comes along. */
import type { GatewayConfig } from "../actors/gateway.ts";
import type { Setting } from "../journal/setting.ts";

export function settingOf({ sip, xmpp, calls, relay }: GatewayConfig): Setting {
  const { addresses, proxy, username, realm, profile, outbound, retryAudioOnly } = calls;
  const { ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout } = calls;
  return {
    ...{ component: xmpp.domain, hosts: xmpp.hosts, ours: [sip.localHost, ...addresses.ours], port: sip.port },
    ...{ proxyHost: proxy.host, proxyPort: proxy.port, usernameToPhone: addresses.usernameToPhone },
    realm,
    intercept: xmpp.mode === "intercept",
    options: {
      ...{ transport: proxy.transport, profile, outbound, hasCredentials: username !== "", retryAudioOnly },
      ...{ media: calls.media, codecs: calls.codecs.join(), relay: relay !== undefined },
      ...{ ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout },
    },
  };
}
