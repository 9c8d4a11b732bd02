/** Converts the configuration to the options of the actors: times in milliseconds, and the addresses of this machine added. */
import { networkInterfaces } from "node:os";
import type { GatewayConfig, Reloadable } from "../actors/gateway-config.ts";
import type { RelayConfig } from "../actors/relay/relay.ts";
import type { TrunkSettings } from "../actors/trunks/trunk.ts";
import type { TrunkFiles } from "../actors/trunks/trunks.ts";
import { type MediaConfig, relaysOf } from "../config/media.ts";
import type { TlsFiles } from "../config/tls-files.ts";
import type { Config } from "../config.ts";
import { writeHost } from "../protocol/sip/uri.ts";

/** A configuration with the contents of its TLS files. */
export type Read = Config & { readonly trunkFiles: TrunkFiles; readonly sipFiles: TlsFiles };

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);

/** The options that SIGHUP changes, as the gateway accepts them. */
export const reloadable = ({ jingleSip, sip, calls, dial, trunks, trunkFiles, sipFiles }: Read): Reloadable => ({
  trunkFiles,
  logins: new Map(trunks.map(({ name, authUsername, password }) => [name, { authUsername, password }])),
  secureTerms: secureTerms(sipFiles),
  allow: sip.allow,
  usernameToPhone: jingleSip.usernameToPhone,
  maxCalls: calls.maxCalls,
  perUser: calls.perUser,
  perMinute: calls.perMinute,
  dial: dialPlan(dial),
  trusted: sip.trusted,
});

/** The TLS parameters of our own listener; undefined without a certificate. */
const secureTerms = ({ certificate, key, ca }: TlsFiles): Reloadable["secureTerms"] =>
  certificate === undefined || key === undefined ? undefined : { certificate, key, ...(ca !== undefined && { ca }) };

/** The dial plan; undefined without rules. */
const dialPlan = ({ rules, longest, ...more }: Config["dial"]): Reloadable["dial"] =>
  rules && { ...more, rules, longest: milliseconds(longest) };

/** All options of the gateway. */
export function gatewayConfig(read: Read): GatewayConfig {
  const { jingleSip, sip, media, xmpp, calls, dial, trunks, trunkFiles, sipFiles } = read;
  const { proxyHost, proxyPort, listenPort, localHost, sdpOrigin, transport, usernameToPhone } = jingleSip;
  const addresses = {
    hosts: xmpp.hosts,
    component: xmpp.domain,
    ours: [localHost.toLowerCase(), ...ownAddresses(sip.bind)],
    proxyHost,
    proxyPort,
    usernameToPhone,
    intercept: xmpp.mode === "intercept",
    speaksAs: xmpp.speaksAs,
  };
  const terms = secureTerms(sipFiles);
  return {
    sip: {
      ...{ bind: sip.bind, port: listenPort, localHost, allow: sip.allow, strict: sip.strict },
      secure: terms && { port: sip.tlsPort, terms },
    },
    xmpp: { ...xmpp, video: calls.video },
    calls: {
      proxy: { transport, host: proxyHost, port: proxyPort },
      localHost,
      sdpOrigin,
      addresses,
      dial: dialPlan(dial),
      trusted: sip.trusted,
      ...{
        profile: sip.profile,
        outbound: sip.outbound,
        username: sip.username,
        password: sip.password,
        realm: sip.realm,
        media: sip.media,
        codecs: sip.codecs,
      },
      ringTimeout: milliseconds(calls.ringTimeout),
      gatherTimeout: milliseconds(calls.gatherTimeout),
      renegotiateTimeout: milliseconds(calls.renegotiateTimeout),
      jmiTimeout: milliseconds(calls.jmiTimeout),
      retryAudioOnly: sip.retryAudioOnly,
      maxCalls: calls.maxCalls,
      perUser: calls.perUser,
      perMinute: calls.perMinute,
    },
    trunks: trunks.map(trunkSettings),
    trunkFiles,
    ...(relaysOf(media).length > 0 ? { relay: relayOf(media) } : {}),
    proxyInterval: milliseconds(sip.optionsInterval),
    drainTimeout: milliseconds(calls.drainTimeout),
  };
}

/** Of our own relay, which has a hundred calls, one caller may have a quarter. */
const relayOf = (media: MediaConfig): RelayConfig => ({
  at: relaysOf(media),
  direction: media.direction,
  share: media.relay === "own" ? SHARE : undefined,
});
const SHARE = 25;

/** A trunk, as the actors take it: where no domain is said, it is the server as it is written. */
function trunkSettings({ domain, keepalive, ...trunk }: Config["trunks"][number]): TrunkSettings {
  const { host, port } = trunk.server;
  const own = writeHost(host);
  const authority = domain || (port === undefined ? own : `${own}:${port}`);
  return { ...trunk, keepalive: milliseconds(keepalive), authority, domain: domain || own };
}

/** Our addresses as SIP URIs may contain them: those bound, or all of the machine's if a wildcard is bound. */
function ownAddresses(bind: readonly string[]): string[] {
  const everywhere = bind.some((host) => host === "0.0.0.0" || host === "::");
  if (!everywhere) return [...bind];
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return interfaces.map(({ address }) => address);
}
