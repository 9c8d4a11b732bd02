/** The configuration that a play needs, from the gateway's configuration: value by value, so that no secret is included. */
import type { DialConfig } from "../actors/calls/dial-limits.ts";
import type { GatewayConfig } from "../actors/gateway-config.ts";
import type { TrunkSettings } from "../actors/trunks/trunk.ts";
import type { Dialled, Setting, TrunkSetting } from "../journal/setting.ts";

export function settingOf({ sip, xmpp, calls, relay, trunks = [] }: GatewayConfig): Setting {
  const { addresses, proxy, username, realm, profile, outbound, trusted, retryAudioOnly, dial } = calls;
  const { ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout } = calls;
  return {
    ...{ component: xmpp.domain, hosts: xmpp.hosts, ours: [sip.localHost, ...addresses.ours], port: sip.port },
    ...(sip.secure && { tlsPort: sip.secure.port }),
    ...{ proxyHost: proxy.host, proxyPort: proxy.port, usernameToPhone: addresses.usernameToPhone },
    realm,
    intercept: xmpp.mode === "intercept",
    trunks: trunks.map(trunkOf),
    ...(dial && { dial: dialledOf(dial) }),
    speaksAs: addresses.speaksAs,
    options: {
      ...{ transport: proxy.transport, profile, outbound, trusted, hasCredentials: username !== "", retryAudioOnly },
      ...{ media: calls.media, codecs: calls.codecs.join(), relay: relay !== undefined },
      ...{ ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout },
    },
  };
}

function trunkOf(trunk: TrunkSettings): TrunkSetting {
  const { name, authority, domain, username, password, realm, transport } = trunk;
  const { media, codecs, identity, trusted, numbers, defaultUser, register, outboundProxy } = trunk;
  return {
    ...{ name, authority, domain, username, realm, transport, media, identity, trusted, numbers, defaultUser },
    ...{ hasPassword: password !== "", registers: register, hasOutboundProxy: outboundProxy !== undefined },
    codecs: codecs.join(),
  };
}

const dialledOf = ({ country, area, international, national, emergency, hide, longest }: DialConfig): Dialled => ({
  ...{ country, area, international, national, emergency, hide, longest },
});
