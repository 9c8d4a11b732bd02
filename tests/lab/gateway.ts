/** The gateway between the lab's XMPP server and its SIP proxy, as people run it. */
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { COMPONENT, DOMAIN, SECRET } from "../support/prosody.ts";
import { GATEWAY, GATEWAY_PORT, NG, PROXY, PROXY_PORT } from "./lab.ts";

export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

const KAMAILIO: ProxyAddress = { host: PROXY, port: PROXY_PORT };

export interface LabGatewayOptions {
  /** What it speaks with the proxy. */
  readonly transport: "udp" | "tcp";
  readonly mode: "gateway" | "intercept";
  readonly proxy?: ProxyAddress | undefined;
  /** How it puts calls to the proxy, where there is a media relay. */
  readonly media?: "webrtc" | "rtp" | "srtp" | "auto" | undefined;
  /** Whether it puts callers into the users' rosters by name. */
  readonly names?: boolean | undefined;
  /** Sections more. */
  readonly more?: string | undefined;
}

/** Starts it and waits until all is up. */
export async function startLabGateway({
  transport,
  mode,
  proxy = KAMAILIO,
  media,
  names = false,
  more = "",
}: LabGatewayOptions): Promise<GatewayProcess> {
  const gateway = await startGateway(`
[modules.mod_jingle_sip]
proxy_host = "${proxy.host}"
proxy_port = ${proxy.port}
listen_port = ${GATEWAY_PORT}
local_host = "${GATEWAY}"
sdp_origin = "${GATEWAY}"
transport = "${transport}"
[sip]
bind = ["${GATEWAY}"]
options_interval = ${proxy === KAMAILIO ? 30 : 0} # SIPp as the proxy takes OPTIONS for a call
${media === undefined ? "" : `media = "${media}"\n[media]\nrtpengine = ["${NG}"]`}
[xmpp]
mode = "${mode}"
host = "127.0.0.1"
port = 5347
domain = "${COMPONENT}"
secret = "${SECRET}"
hosts = ["${DOMAIN}"]
caller_group = "${names ? "Callers" : ""}"
[calls]
per_user = 0 # one user makes all calls
per_minute = 0
[web]
port = 0
${more}
`);
  await healthy(gateway);
  return gateway;
}
