/**
 * The TCP connections of the SIP stack: accepted and made, reused by the address of the other side.
 *
 * RFC 3261 §18. Bounds: so many connections in all, so many from all who may not begin calls and from one address (IPv6: one /64, of
 * which anybody has all addresses), so many bytes waiting in each, no connection
 * idle for ever, none that brings no whole message for long. Past a bound the connection is closed, and counted; one whose
 * bytes cannot be cut into messages is read no further, and closed once its answer has left.
 */
import ipaddr from "ipaddr.js";
import type { Destination } from "../../protocol/sip/message.ts";
import type { Address, ByteStream, Connect, StreamEvents } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Tally } from "../tally.ts";
import { type Timed, Timers } from "../timers.ts";
import { SipFrames } from "./frames.ts";

const MOST = 2_000;
/** Of them, so many may be accepted, so that some are left for those that we make, and so many from who may not call. */
const MOST_ACCEPTED = 1_800;
const MOST_FROM_STRANGERS = 500;
const MOST_FROM_ONE_NETWORK = 200;
const MOST_WAITING = 1_048_576;
const IDLE = 300_000;
const WHOLE_MESSAGE = 32_000;
const CONNECT = 2_000;
/** How long what is answered to a faulty stream may take to leave. */
const FAREWELL = 1_000;
const REFUSED_FOR = 60_000;
const MOST_REFUSED = 1_000;

/** One connection: the other side's address, and what is to be told when it is lost. */
export interface Connection extends Timed {
  readonly remote: Address;
  readonly stream: ByteStream;
  readonly frames: SipFrames;
  /** Whether it was made by us; such a one leads to where the other side listens. */
  readonly ours: boolean;
  /** Whether it came from who may not begin calls. */
  readonly stranger: boolean;
  open: boolean;
  /** Nobody knows where its next message begins: nothing is read from it or begun on it any more. */
  faulty: boolean;
  readonly lost: Set<() => void>;
}

export interface ConnectionNeeds {
  /** Whether a source may begin calls; from any other, messages of a call that there is may come. */
  allow(source: Destination): boolean;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly dropped: Tally;
  received(message: Uint8Array, connection: Connection): void;
}

type Use = (connection: Connection | undefined) => void;

export class SipConnections {
  readonly #needs: ConnectionNeeds;
  readonly #open = new Map<string, Connection>();
  /** How many were accepted: in all, by network, and from strangers. */
  readonly #accepted = new Map<string, number>();
  readonly #connecting = new Map<string, Use[]>();
  readonly #refused = new Map<string, number>();
  readonly #idle: Timers<Connection>;
  #stopped = false;

  constructor(needs: ConnectionNeeds) {
    this.#needs = needs;
    this.#idle = new Timers(needs.clock, (connection) => {
      if (connection.frames.unfinished) needs.dropped.add("a message that did not end", connection.remote);
      connection.stream.destroy();
    });
  }

  get count(): number {
    return this.#open.size;
  }

  /** Takes a connection that came in, if there is room for it. */
  accept(stream: ByteStream): StreamEvents {
    if (this.#stopped || !this.#hasRoom(stream.remote)) {
      this.#needs.dropped.add("too many connections", stream.remote);
      stream.destroy();
      return { received: () => {}, closed: () => {} };
    }
    const { events, begin } = this.#make(false);
    begin(stream);
    return events;
  }

  /** A connection to an address: the one there is, or a new one within two seconds. */
  to(address: Address, use: Use): void {
    const key = keyOf(address);
    const open = this.#open.get(key);
    const waiting = this.#connecting.get(key);
    if (open?.open && !open.faulty) use(open);
    else if (waiting !== undefined) waiting.push(use);
    else if (this.#stopped || this.#open.size + this.#connecting.size >= MOST) use(undefined);
    else this.#connect(address, use);
  }

  /** Whether a connection to this address was refused, or not made in time, a short while ago. */
  refusedLately(address: Address): boolean {
    return (this.#refused.get(keyOf(address)) ?? 0) > this.#needs.clock.now();
  }

  /** Writes a message, unless too much waits already: then the connection is given up. */
  write(connection: Connection, bytes: Uint8Array, failed: () => void): void {
    if (!connection.open) {
      failed();
    } else if (connection.stream.waiting + bytes.length > MOST_WAITING) {
      this.#needs.dropped.add("a connection that does not take its bytes", connection.remote);
      connection.stream.destroy();
      failed();
    } else {
      if (!connection.faulty) this.#idle.set(connection, this.#needs.clock.now() + this.#patience(connection));
      connection.stream.write(bytes, (error) => error && failed());
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#idle.clear();
    for (const connection of [...this.#open.values()]) connection.stream.end();
  }

  #connect(address: Address, use: Use): void {
    const key = keyOf(address);
    this.#connecting.set(key, [use]);
    const { events, begin } = this.#make(true);
    const done = (connection: Connection | undefined): void => {
      const waiting = this.#connecting.get(key) ?? [];
      this.#connecting.delete(key);
      for (const each of waiting) each(connection);
    };
    this.#needs.connect(address, events, CONNECT).then(
      (stream) => {
        if (this.#stopped) stream.destroy();
        done(this.#stopped ? undefined : begin(stream));
      },
      () => {
        this.#rememberRefusal(key);
        done(undefined);
      },
    );
  }

  /** The events of a connection, and what begins it once there is a stream. */
  #make(ours: boolean): { events: StreamEvents; begin: (stream: ByteStream) => Connection } {
    let connection: Connection | undefined;
    const begin = (stream: ByteStream): Connection => {
      connection = {
        remote: stream.remote,
        stream,
        frames: new SipFrames(),
        ours,
        stranger: !ours && !this.#needs.allow({ transport: "tcp", ...stream.remote }),
        open: true,
        faulty: false,
        lost: new Set(),
        deadline: Number.POSITIVE_INFINITY,
        place: -1,
      };
      this.#open.set(keyOf(stream.remote), connection);
      if (!ours) this.#count(connection, 1);
      this.#idle.set(connection, this.#needs.clock.now() + (ours ? IDLE : WHOLE_MESSAGE));
      return connection;
    };
    const events: StreamEvents = {
      received: (bytes) => connection && this.#received(connection, bytes),
      closed: () => connection && this.#closed(connection),
    };
    return { events, begin };
  }

  #received(connection: Connection, bytes: Uint8Array): void {
    if (connection.faulty) return;
    const wasUnfinished = connection.frames.unfinished;
    let whole = false;
    const fault = connection.frames.push(bytes, (message) => {
      whole = true;
      this.#needs.received(message, connection);
    });
    if (fault !== undefined) {
      this.#needs.dropped.add(fault, connection.remote);
      connection.faulty = true;
      connection.stream.end(); // after what it was answered
      if (connection.open) this.#idle.set(connection, this.#needs.clock.now() + FAREWELL);
    } else if (connection.open && (whole || !wasUnfinished)) {
      this.#idle.set(connection, this.#needs.clock.now() + this.#patience(connection));
    }
  }

  /** How long nothing may come: less when a message has begun. */
  #patience(connection: Connection): number {
    return connection.frames.unfinished ? WHOLE_MESSAGE : IDLE;
  }

  #closed(connection: Connection): void {
    connection.open = false;
    this.#idle.set(connection, Number.POSITIVE_INFINITY);
    const key = keyOf(connection.remote);
    if (this.#open.get(key) === connection) this.#open.delete(key);
    if (!connection.ours) this.#count(connection, -1);
    for (const tell of [...connection.lost]) tell();
    connection.lost.clear();
  }

  #hasRoom(remote: Address): boolean {
    const bounds = { [ALL]: MOST_ACCEPTED, [networkOf(remote.host)]: MOST_FROM_ONE_NETWORK };
    if (this.#open.size >= MOST) return false;
    if (!this.#needs.allow({ transport: "tcp", ...remote })) bounds[STRANGERS] = MOST_FROM_STRANGERS;
    return Object.entries(bounds).every(([of, most]) => (this.#accepted.get(of) ?? 0) < most);
  }

  #count({ remote, stranger }: Connection, by: 1 | -1): void {
    for (const of of [ALL, networkOf(remote.host), ...(stranger ? [STRANGERS] : [])]) {
      const count = (this.#accepted.get(of) ?? 0) + by;
      if (count > 0) this.#accepted.set(of, count);
      else this.#accepted.delete(of);
    }
  }

  #rememberRefusal(key: string): void {
    if (this.#refused.size >= MOST_REFUSED) this.#refused.clear();
    this.#refused.set(key, this.#needs.clock.now() + REFUSED_FOR);
  }
}

const ALL = "all";
const STRANGERS = "strangers";

/** What one party has all of: an IPv4 address, or the first 64 bits of an IPv6 address. */
function networkOf(host: string): string {
  if (!ipaddr.IPv6.isValid(host)) return host;
  return ipaddr.IPv6.parse(host).parts.slice(0, 4).join(":");
}

const keyOf = (address: Address): string => `${address.host} ${address.port}`;
