/**
 * Our own media relay, `carillon relay`: a process that a gateway starts and controls by rtpengine's ng protocol.
 *
 * For a household or a small office without rtpengine. Rules: it listens for commands on loopback; SIGTERM ends it once its calls
 * have ended, as it does the gateway (systemd sends it to both), and a second one at once; when its standard input is a pipe that
 * closes, as it does with the gateway that has started it, it ends at once. Left out: transcoding, video, recording, TURN of its own.
 */
import type { Clock } from "../actors/clock.ts";
import type { Log } from "../actors/log.ts";
import type { Bencodes } from "../protocol/bencode.ts";
import type { Address, OpenDatagrams } from "../transports/transport.ts";
import { RelayCall } from "./call.ts";
import { RelayCalls } from "./calls.ts";
import { perform } from "./commands.ts";
import { makeCertificate } from "./dtls.ts";
import { NgServer } from "./ng-server.ts";
import { type PortRange, Ports } from "./ports.ts";
import { StunServers } from "./stun.ts";

/** Fits into the default port range, with room; at half a per cent of a core each, one core carries them. */
const MOST_CALLS = 100;

export interface RelaySettings {
  readonly at: Address;
  readonly ports: PortRange;
  /** Our addresses at the start of a call; its phone gets the first. */
  readonly addresses: () => readonly string[];
  /** The external address of the first IPv4 one; "" without NAT. */
  readonly outside: string;
  /** Whom that is asked where nobody knows it. */
  readonly stun: readonly Address[];
}

export interface ServeNeeds {
  readonly open: OpenDatagrams;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly log: Log;
  /** Addresses of a name, for STUN servers. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
}

export interface RunningRelay {
  readonly at: Address;
  /** Stops when no call is left, or at once when called again. */
  stop(): void;
  readonly stopped: Promise<void>;
}

export async function serve(settings: RelaySettings, needs: ServeNeeds): Promise<RunningRelay> {
  const { open, clock, chance, log, resolve: addressesOf } = needs;
  const { stun: servers } = settings;
  const stun = servers.length > 0 ? new StunServers({ servers, resolve: addressesOf, clock, log }) : undefined;
  const certificate = await makeCertificate();
  const ports = new Ports(open, settings.ports, chance);
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const { addresses, outside } = settings;
  let isStopping = false;
  const calls: RelayCalls = new RelayCalls({
    clock,
    most: MOST_CALLS,
    make: (call) => {
      const failed = (reason: string): void => log({ level: "warn", event: "relay.call.failed", call, reason });
      const keyed = (): void => log({ level: "debug", event: "relay.call.keyed", call });
      const told = { now: clock.now, failed, keyed };
      const userAddresses = addresses();
      const [phoneAddress = ""] = userAddresses;
      return new RelayCall({ ports, certificate, userAddresses, outside, stun, phoneAddress, ...told });
    },
    ended: (call, { traffic }) => log({ level: "debug", event: "relay.call.ended", call, ...traffic.counters }),
    dead: (call) => log({ level: "info", event: "relay.call.dead", call }),
    empty: () => isStopping && end(),
  });
  const failed = ({ message }: Error): void => log({ level: "error", event: "relay.fault", error: message });
  const told = (asked: Bencodes): Promise<Bencodes> => {
    if (asked.command !== "ping")
      log({ level: "debug", event: "relay.command", command: asked.command, call: asked["call-id"] });
    return perform(asked, calls);
  };
  const ng = new NgServer({ at: settings.at, open, clock, failed, perform: told });
  const end = (): void => {
    isStopping = false;
    calls.stop();
    void ng.stop().then(resolve);
  };
  const at = await ng.start();
  calls.start();
  const stop = (): void => {
    if (isStopping || calls.size === 0) return end();
    isStopping = true;
  };
  return { at, stop, stopped };
}
