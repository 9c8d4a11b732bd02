/** Warnings about settings that are allowed and probably a mistake, a line each. */
import type { Config } from "../config.ts";

export function judge({ jingleSip, sip, dial, trunks }: Config): string[] {
  const { proxyHost, proxyPort, listenPort, localHost, sdpOrigin } = jingleSip;
  const isLocal = (name: string): boolean => name === "localhost" || name === "::1" || /^127\./.test(name);
  const self = proxyPort === listenPort && (isLocal(proxyHost) || proxyHost === localHost);
  const far = !isLocal(proxyHost);
  return [
    ...(self ? [`the SIP proxy is the gateway itself (${proxyHost}:${proxyPort}): set proxy_host and proxy_port`] : []),
    ...(far && isLocal(localHost) ? [`local_host ${localHost} cannot be reached from the proxy ${proxyHost}`] : []),
    ...(far && isLocal(sdpOrigin) ? [`sdp_origin ${sdpOrigin} cannot be reached from phones behind ${proxyHost}`] : []),
    ...(jingleSip.backend === undefined ? [] : ["backend is ignored: only the predecessor used it"]),
    ...(sip.username !== "" && sip.password === "" ? ["[sip] username is set without a password"] : []),
    ...unreachable(dial).map((number) => `[dial] emergency "${number}" has no rule with a trunk: nobody can call it`),
    ...trunks.flatMap(({ name, username, password }) =>
      username !== "" && password === "" ? [`[trunks.${name}] username is set without a password`] : [],
    ),
    ...(sip.username === "" && sip.password !== ""
      ? ["[sip] password is set without a username, and is never used"]
      : []),
  ];
}

/** Emergency numbers that no rule sends to a trunk; none without rules, since then every number goes out. */
const unreachable = ({ rules, emergency }: Config["dial"]): readonly string[] =>
  rules === undefined
    ? []
    : emergency.filter((number) => !rules.some(({ to, trunk }) => to === number && trunk !== undefined));
