/**
 * A network in memory: datagrams that may be lost, duplicated and reordered, and streams that may be split and cut.
 *
 * Randomness is seeded, so that failures are reproducible. `0.0.0.0` and `::` listen on every address of their
 * family. With all knobs at rest it behaves like loopback, and passes the tests of the real transports.
 */
import type { Clock } from "../actors/clock.ts";
import type {
  Address,
  ByteStream,
  Connect,
  ConnectTls,
  DatagramEvents,
  Listen,
  ListenTls,
  OpenDatagrams,
  Peer,
  StreamEvents,
} from "../transports/transport.ts";
import { createChance } from "./chance.ts";

export interface Knobs {
  readonly seed?: number;
  /** Probabilities between 0 and 1, for each datagram. */
  readonly drop?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  /** Transit time in milliseconds. */
  readonly delay?: number;
  /** Most bytes per piece of a stream. */
  readonly split?: number;
}

export interface Wire {
  readonly openUdp: OpenDatagrams;
  readonly connect: Connect;
  /** Like TCP, since peers are genuine; except addresses whose certificate is rejected. */
  readonly connectTls: ConnectTls;
  readonly disbelieved: Map<string, string>;
  readonly listen: Listen;
  /** TLS has ports of its own; a client's identity is the domain that `shows` has for its address, if any. */
  readonly listenTls: ListenTls;
  readonly comeByTls: Connect;
  readonly shows: Map<string, string>;
  /** Addresses (`host:port`) that refuse connections, or never answer them. */
  readonly refuses: Set<string>;
  readonly silent: Set<string>;
  /** All datagrams sent, including lost ones. */
  readonly datagrams: { readonly from: Address; readonly to: Address; readonly bytes: Uint8Array }[];
  /** Cuts all streams. */
  cut(): void;
}

type Accept = (stream: ByteStream) => StreamEvents;

export function createWire(clock: Clock, knobs: Knobs = {}): Wire {
  const chance = createChance(knobs.seed ?? 1);
  const sockets = new Map<string, DatagramEvents>();
  const listeners = new Map<string, Accept>();
  const secure = new Map<string, Accept>();
  const live = new Set<ByteStream>();
  const datagrams: Wire["datagrams"] = [];
  const refuses = new Set<string>();
  const silent = new Set<string>();
  const disbelieved = new Map<string, string>();
  const shows = new Map<string, string>();
  const delay = knobs.delay ?? 1;
  let freePort = 40_000;

  const bind = <Owner>(table: Map<string, Owner>, at: Address, owner: Owner): Address => {
    const local = { host: at.host, port: at.port === 0 ? freePort++ : at.port };
    if (table.has(keyOf(local))) throw new Error(`EADDRINUSE ${keyOf(local)}`);
    table.set(keyOf(local), owner);
    return local;
  };

  const carry = (bytes: Uint8Array, from: Address, to: Address): void => {
    datagrams.push({ from, to, bytes });
    const copies = chance() < (knobs.drop ?? 0) ? 0 : chance() < (knobs.duplicate ?? 0) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = chance() < (knobs.reorder ?? 0) ? chance() * 50 : 0;
      clock.after(delay + late, () => find(sockets, to)?.received(bytes.slice(), from));
    }
  };

  const peerAt = ({ host }: Address): Peer => ({
    isOf: (domain) => shows.get(host) === domain,
    whyNot: disbelieved.get(host),
  });
  const listenAt = (table: Map<string, Accept>, at: Address, accept: Accept) => {
    const mine = new Set<ByteStream>();
    const local = bind<Accept>(table, at, (stream) => {
      mine.add(stream);
      return accept(stream);
    });
    return {
      local,
      async close() {
        table.delete(keyOf(local));
        for (const stream of mine) stream.destroy();
      },
    };
  };
  const connectTo =
    (table: ReadonlyMap<string, Accept>): Connect =>
    (to, events, timeout, local) =>
      new Promise((resolve, reject) => {
        const accept = find(table, to);
        if (silent.has(keyOf(to))) {
          clock.after(timeout, () => reject(new Error(`no connection to ${keyOf(to)} in ${timeout} ms`)));
        } else if (accept === undefined || refuses.has(keyOf(to))) {
          clock.after(delay, () => reject(new Error(`ECONNREFUSED ${keyOf(to)}`)));
        } else {
          const from = { host: local ?? (to.host.includes(":") ? "::1" : "127.0.0.1"), port: freePort++ };
          clock.after(delay, () => resolve(join(clock, delay, knobs.split, from, to, events, accept, live)));
        }
      });

  return {
    shows,
    comeByTls: connectTo(secure),
    async listenTls(at, _, accept) {
      const listener = listenAt(secure, at, (stream) => accept(stream, peerAt(stream.remote)));
      return { ...listener, renew: () => {} };
    },
    datagrams,
    refuses,
    silent,
    disbelieved,
    connectTls(_, to, ...rest) {
      const why = disbelieved.get(keyOf(to));
      return why === undefined ? this.connect(to, ...rest) : Promise.reject(new Error(why));
    },
    async openUdp(at, events) {
      const local = bind(sockets, at, events);
      return {
        local,
        send(bytes, to, sent) {
          if (sockets.get(keyOf(local)) === events) {
            carry(bytes.slice(), { host: reachable(local.host), port: local.port }, to);
            queueMicrotask(() => sent?.());
          } else sent?.(new Error("the socket is closed"));
        },
        async close() {
          sockets.delete(keyOf(local));
        },
      };
    },
    listen: async (at, accept) => listenAt(listeners, at, accept),
    connect: connectTo(listeners),
    cut() {
      for (const stream of [...live]) stream.destroy();
    },
  };
}

/** Creates the two ends of a stream and returns the near one. */
function join(
  clock: Clock,
  delay: number,
  split: number | undefined,
  from: Address,
  to: Address,
  events: StreamEvents,
  accept: Accept,
  live: Set<ByteStream>,
): ByteStream {
  const open = { near: true, far: true };
  const told: { near: StreamEvents; far?: StreamEvents } = { near: events };

  const shut = (end: "near" | "far"): void => {
    if (!open[end]) return;
    open[end] = false;
    live.delete(end === "near" ? near : far);
    clock.after(0, () => told[end]?.closed());
  };
  const make = (mine: "near" | "far", theirs: "near" | "far", local: Address, remote: Address): ByteStream => {
    let ended = false;
    return {
      local,
      remote,
      waiting: 0,
      write(bytes, sent) {
        if (ended || !open[mine]) {
          sent?.(new Error("the stream is closed"));
          return;
        }
        for (const piece of pieces(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes.slice(), split))
          clock.after(delay, () => open[theirs] && told[theirs]?.received(piece));
        queueMicrotask(() => sent?.());
      },
      end() {
        ended = true;
        clock.after(delay, () => shut(theirs));
        clock.after(2 * delay, () => shut(mine)); // bytes in transit from the other end still arrive
      },
      destroy() {
        shut(mine);
        clock.after(delay, () => shut(theirs));
      },
    };
  };
  const near = make("near", "far", from, to);
  const far = make("far", "near", to, from);
  live.add(near).add(far);
  told.far = accept(far);
  return near;
}

function pieces(bytes: Uint8Array, size = bytes.length): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) cut.push(bytes.slice(at, at + size));
  return cut;
}

function find<Owner>(table: ReadonlyMap<string, Owner>, to: Address): Owner | undefined {
  const everywhere = to.host.includes(":") ? "::" : "0.0.0.0";
  return table.get(keyOf(to)) ?? table.get(keyOf({ host: everywhere, port: to.port }));
}

function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

const keyOf = (address: Address): string => `${address.host}:${address.port}`;
