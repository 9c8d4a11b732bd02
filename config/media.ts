/** Conflicts between the options of `[media]`, and the addresses of the media relays. */
import { endpointOf } from "./hosts.ts";

/** The options of `[media]`. */
export interface MediaConfig {
  readonly relay: "rtpengine" | "own";
  readonly rtpengine: readonly string[];
  readonly direction: readonly string[];
  readonly addresses: readonly string[];
  readonly outside: string;
  readonly stun: readonly string[];
  readonly firstPort: number;
  readonly lastPort: number;
  readonly ngPort: number;
}

/** Our own relay listens for ng on loopback only, since ng has no authentication. */
const HERE = "127.0.0.1";
/** Ports of one call: two toward the phone, and two for an address of each family. */
const FEWEST_PORTS = 8;

export function wrongMedia({ relay, rtpengine, direction, outside, stun, firstPort, lastPort }: MediaConfig): string[] {
  if (relay !== "own") return stun.length > 0 ? ['[media] stun is of relay = "own": rtpengine has interface=…!…'] : [];
  return [
    ...(outside !== "" && stun.length > 0 ? ["[media] outside says what stun would ask: set one of the two"] : []),
    ...(rtpengine.length > 0 ? ['[media] relay = "own" and rtpengine exclude each other'] : []),
    ...(direction.length > 0 ? ["[media] direction is for rtpengine: our own relay uses addresses"] : []),
    ...(lastPort - firstPort + 1 < FEWEST_PORTS
      ? [`[media] first_port ${firstPort} to last_port ${lastPort} must be at least ${FEWEST_PORTS} ports`]
      : []),
  ];
}

/** The ng addresses of the relays, in order of preference; empty without a relay. */
export const relaysOf = ({ relay, rtpengine, ngPort }: MediaConfig): { host: string; port: number }[] =>
  relay === "own" ? [{ host: HERE, port: ngPort }] : rtpengine.map(endpointOf);
