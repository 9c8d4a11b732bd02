/**
 * A household of the lab: a network of its own behind a router that makes all its packets its own (NAT), as at home, and coturn outside.
 *
 * The router is a namespace between the two, since what goes to the lab's own addresses would pass no NAT in the lab's. Phones and relay are inside,
 * clients outside; nothing outside knows a way in.
 */
import { makeFolder } from "./lab.ts";
import { Program } from "./program.ts";

/** The relay at home, and the router's address outside. */
export const AT_HOME = "10.77.0.2";
export const ROUTER = "198.18.77.1";
/** The lab's end of the line to the router. */
const OUTSIDE = "198.18.77.2";
export const STUN = { host: OUTSIDE, port: 3478 } as const;

const SET_UP = `
ip netns add router && ip netns add home
ip link add wan0 type veth peer name wan1 netns router
ip link add lan0 netns router type veth peer name lan1 netns home
ip address add ${OUTSIDE}/30 dev wan0 && ip link set wan0 up
ip netns exec router sh -c 'ip link set lo up; ip address add ${ROUTER}/30 dev wan1; ip link set wan1 up
  ip address add 10.77.0.1/24 dev lan0; ip link set lan0 up; ip route add default via ${OUTSIDE}
  sysctl -qw net.ipv4.ip_forward=1; iptables -t nat -A POSTROUTING -o wan1 -j MASQUERADE'
ip netns exec home sh -c 'ip link set lo up; ip address add ${AT_HOME}/24 dev lan1; ip link set lan1 up; ip route add default via 10.77.0.1'
`;
const TEAR_DOWN = "ip link del wan0; ip netns del home; ip netns del router";

export class Household {
  #coturn: Program | undefined;

  async start(): Promise<void> {
    const made = Bun.spawnSync(["sh", "-ec", `mkdir -p /run/netns; ${SET_UP}`]);
    if (made.exitCode !== 0) throw new Error(`no household: ${made.stderr}`);
    const options = ["-n", "--stun-only", "--no-cli", "--no-tls", "--no-dtls", "--log-file=stdout", "--pidfile="];
    const listens = [`--listening-ip=${STUN.host}`, `--listening-port=${STUN.port}`];
    this.#coturn = new Program(["turnserver", ...options, ...listens], { folder: makeFolder("coturn") });
    await this.#coturn.says(/admin thread/);
  }

  /** Runs a program at home. */
  run(command: readonly string[], folder: string): Program {
    return new Program(["ip", "netns", "exec", "home", ...command], { folder, stdin: "pipe" });
  }

  async stop(): Promise<void> {
    await this.#coturn?.stop();
    Bun.spawnSync(["sh", "-c", TEAR_DOWN]);
  }
}
