/** What works by itself and is probably not meant, a line each. */
import type { Config } from "../config.ts";

export function judge({ jingleSip, sip }: Config): string[] {
  const { proxyHost, proxyPort, listenPort, localHost, sdpOrigin } = jingleSip;
  const isLocal = (name: string): boolean => name === "localhost" || name === "::1" || /^127\./.test(name);
  const self = proxyPort === listenPort && (isLocal(proxyHost) || proxyHost === localHost);
  const far = !isLocal(proxyHost);
  return [
    ...(self ? [`the SIP proxy is the gateway itself (${proxyHost}:${proxyPort}): set proxy_host and proxy_port`] : []),
    ...(far && isLocal(localHost) ? [`the proxy ${proxyHost} cannot answer to local_host ${localHost}`] : []),
    ...(far && isLocal(sdpOrigin) ? [`phones beyond ${proxyHost} cannot reach sdp_origin ${sdpOrigin}`] : []),
    ...(jingleSip.backend === undefined ? [] : ["backend is the predecessor's and ignored"]),
    ...(sip.username !== "" && sip.password === "" ? ["[sip] username has no password"] : []),
    ...(sip.username === "" && sip.password !== "" ? ["[sip] password has no username, and is never used"] : []),
  ];
}
