/**
 * The TCP and TLS connections of the SIP stack: accepted and opened (opening.ts), reused by transport, trunk and remote address.
 *
 * RFC 3261 §18. Bounds: the number of connections (connection-limits.ts), unsent bytes per connection and of all (unsent.ts), the idle time, and the time
 * for a whole message; neither empty lines nor the pong to a ping (RFC 5626 §4.4.1) reset the timers. A connection that exceeds a
 * bound is closed and counted. A stream that can no longer be framed is not read any further, and is closed once the response to the
 * fault is sent. A kept connection (keep-alive.ts) has no idle limit. An accepted connection is used only for its own remote port, and
 * for the port that its trunk has asked for (aliases.ts).
 */
import type { Destination } from "../../protocol/sip/message.ts";
import type { ByteStream, StreamEvents } from "../../transports/transport.ts";
import { type Timed, Timers } from "../timers.ts";
import { Aliases } from "./aliases.ts";
import { ConnectionLimits } from "./connection-limits.ts";
import { SipFrames } from "./frames.ts";
import { KeepAlive, PING, PONG } from "./keep-alive.ts";
import { type Begun, Opening, type OpeningNeeds, type Use } from "./opening.ts";
import { Unsent } from "./unsent.ts";
import type { Kept } from "./user.ts";

/** Unsent bytes. */
const MOST_WAITING = 1_048_576;
const MOST_FOR_STRANGERS = 65_536;
/** Milliseconds. */
const IDLE = 300_000;
const WHOLE_MESSAGE = 32_000;
/** The time for the response to a faulty stream to be sent. */
const FAREWELL = 1_000;

const CLOSED = "the connection was closed";
const SLOW = "peer reads too slowly";
const SILENT = "keep-alives are not answered";

/** One connection, and the callbacks for its loss. */
export interface Connection extends Timed {
  readonly remote: Destination;
  readonly stream: ByteStream;
  readonly frames: SipFrames;
  /** Whether we opened it: then `remote` is where the other side listens. */
  readonly ours: boolean;
  /** Whether its source may not start calls. */
  readonly stranger: boolean;
  open: boolean;
  /** Its next message cannot be framed: nothing more is read from it, and no new message sent on it. */
  faulty: boolean;
  /** The number of registrations on it; with any it has no idle limit. */
  kept: number;
  readonly lost: Set<(why?: string) => void>;
}

export interface ConnectionNeeds extends OpeningNeeds {
  /** Whether a source may start calls; others may only send messages of existing calls. */
  allow(source: Destination): boolean;
  received(message: Uint8Array, connection: Connection): void;
}

/** How an incoming connection was accepted: over TLS possibly from a trunk. */
export type AcceptedBy = Pick<Destination, "transport" | "trunk" | "accepted">;

export class SipConnections {
  readonly #needs: ConnectionNeeds;
  readonly #open = new Map<string, Connection>();
  readonly #aliases = new Aliases<Connection>();
  readonly #limits = new ConnectionLimits();
  readonly #opening: Opening<Connection>;
  readonly #idle: Timers<Connection>;
  readonly #unsent = new Unsent();
  #stopped = false;

  constructor(needs: ConnectionNeeds) {
    this.#needs = needs;
    this.#opening = new Opening(needs);
    this.#idle = new Timers(needs.clock, (connection) => {
      if (connection.frames.unfinished) needs.dropped.add("incomplete message timed out", connection.remote);
      connection.stream.destroy();
    });
  }

  get count(): number {
    return this.#open.size;
  }

  /** Accepts an incoming connection if the limits permit. */
  accept(stream: ByteStream, by: AcceptedBy = { transport: "tcp" }): StreamEvents {
    const remote: Destination = { ...by, ...stream.remote };
    const isStranger = !this.#needs.allow(remote);
    if (this.#stopped || !this.#limits.mayAccept(stream.remote, isStranger, this.#open.size)) {
      this.#needs.dropped.add("too many connections", stream.remote);
      stream.destroy();
      return { received: () => {}, closed: () => {} };
    }
    const { events, begin } = this.#make({ remote, ours: false, stranger: isStranger });
    begin(stream);
    return events;
  }

  /** Passes a connection to an address to `use`: an open one, or a new one within two seconds; undefined if there is none. */
  to(address: Destination, use: Use<Connection>): void {
    const open = this.#find(address);
    const key = keyOf(address);
    if (open !== undefined) use(open);
    else if (address.accepted) use(undefined, CLOSED);
    else if (this.#opening.join(key, use)) return;
    else if (this.#stopped || !this.#limits.mayConnect(this.#open.size + this.#opening.count)) use(undefined);
    else this.#opening.open(key, address, this.#make({ remote: byStream(address), ours: true, stranger: false }), use);
  }

  /** Whether there is an open connection to this address. */
  has(address: Destination): boolean {
    return this.#find(address) !== undefined;
  }

  /** The trunk that opened this connection listens at this port, and has asked us to use the connection for requests to it. */
  alias(accepted: Destination, port: number): void {
    const connection = this.#open.get(keyOf(accepted));
    if (connection?.open && accepted.trunk !== undefined) this.#aliases.set(connection, keyOf({ ...accepted, port }));
  }

  #find(address: Destination): Connection | undefined {
    const key = keyOf(address);
    return [this.#open.get(key), this.#aliases.get(key)].find((each) => each?.open && !each.faulty);
  }

  /** Whether a connection to this address was refused, or timed out, within the last minute. */
  refusedLately(address: Destination): boolean {
    return this.#opening.refusedLately(keyOf(address));
  }

  /** Writes a message; if too many bytes are unsent, on it or on all, closes the slowest connection before. */
  write(connection: Connection, bytes: Uint8Array, failed: () => void): void {
    const isSlow = connection.stream.waiting + bytes.length > mostWaiting(connection);
    const slowest = isSlow ? connection : this.#unsent.add(bytes.length, this.#open.values());
    if (slowest?.open) this.#lose(slowest, SLOW);
    if (!connection.open) {
      failed();
    } else {
      if (!connection.faulty) this.#idle.set(connection, this.#needs.clock.now() + this.#patience(connection));
      connection.stream.write(bytes, (error) => error && failed());
    }
  }

  /** Keeps the connection to an address alive, and reports its loss; the returned function cancels that. */
  keep(to: Destination, kept: Kept): () => void {
    const connection = this.#find(to);
    if (!connection) {
      queueMicrotask(() => kept.lost(CLOSED));
      return () => {};
    }
    const alive = new KeepAlive(this.#needs.clock, kept, {
      pongs: () => connection.frames.pongs,
      ping: () => this.write(connection, PING, () => {}),
      silent: () => this.#lose(connection, SILENT),
    });
    const lost = (why = CLOSED): void => {
      alive.stop();
      kept.lost(why);
    };
    connection.lost.add(lost);
    this.#keeps(connection, 1);
    return () => {
      alive.stop();
      connection.lost.delete(lost);
      this.#keeps(connection, -1);
    };
  }

  #keeps(connection: Connection, more: 1 | -1): void {
    connection.kept += more;
    if (connection.open) this.#idle.set(connection, this.#needs.clock.now() + this.#patience(connection));
  }

  /** Closes a connection for this reason. */
  #lose(connection: Connection, why: string): void {
    this.#needs.dropped.add(why, connection.remote);
    this.#closed(connection, why);
    connection.stream.destroy();
  }

  stop(): void {
    this.#stopped = true;
    this.#opening.stop();
    this.#idle.clear();
    for (const connection of [...this.#open.values()]) connection.stream.end();
  }

  /** The callbacks of a connection, and the function that registers it once its stream is open. */
  #make(kind: Pick<Connection, "remote" | "ours" | "stranger">): Begun<Connection> {
    let connection: Connection | undefined;
    let isHeard = false;
    const begin = (stream: ByteStream): Connection => {
      connection = {
        stream,
        frames: new SipFrames(),
        ...kind,
        open: true,
        faulty: false,
        kept: 0,
        lost: new Set(),
        deadline: Number.POSITIVE_INFINITY,
        place: -1,
      };
      this.#open.set(keyOf(kind.remote), connection);
      if (!kind.ours) this.#limits.accepted(stream.remote, kind.stranger);
      this.#idle.set(connection, this.#needs.clock.now() + (kind.ours ? IDLE : WHOLE_MESSAGE));
      return connection;
    };
    const events: StreamEvents = {
      received: (bytes) => {
        isHeard = true;
        if (connection) this.#received(connection, bytes);
      },
      closed: (error) => {
        if (error && kind.ours && !isHeard) this.#opening.tried(kind.remote, error.message);
        if (connection) this.#closed(connection, error?.message);
      },
    };
    return { events, begin };
  }

  #received(connection: Connection, bytes: Uint8Array): void {
    if (connection.faulty) return;
    const { unfinished: wasUnfinished, pings } = connection.frames;
    let whole = false;
    const fault = connection.frames.push(bytes, (message) => {
      whole = true;
      this.#needs.received(message, connection);
    });
    if (fault !== undefined) {
      this.#needs.dropped.add(fault, connection.remote);
      connection.faulty = true;
      connection.stream.end(); // after the response
      if (connection.open) this.#idle.set(connection, this.#needs.clock.now() + FAREWELL);
    } else if (connection.open && (whole || (!wasUnfinished && connection.frames.unfinished))) {
      this.#idle.set(connection, this.#needs.clock.now() + this.#patience(connection));
    }
    if (connection.frames.pings > pings) this.#answerPing(connection);
  }

  /**
   * One pong for the pings that came together, to whom has connected to us; none where it pings us although we ping it, and
   * none while it reads nothing. It does not reset the timers: a peer that only pings has no claim to its place.
   */
  #answerPing({ open, ours, faulty, kept, stream }: Connection): void {
    if (open && !ours && !faulty && kept === 0 && stream.waiting === 0) stream.write(PONG, () => {});
  }

  /** The time that the other side may be silent: less in the middle of a message. */
  #patience(connection: Connection): number {
    if (connection.frames.unfinished) return WHOLE_MESSAGE;
    return connection.kept > 0 ? Number.POSITIVE_INFINITY : IDLE;
  }

  #closed(connection: Connection, why: string | undefined): void {
    if (!connection.open) return; // reported already
    connection.open = false;
    this.#idle.set(connection, Number.POSITIVE_INFINITY);
    const key = keyOf(connection.remote);
    if (this.#open.get(key) === connection) this.#open.delete(key);
    this.#aliases.forget(connection);
    if (!connection.ours) this.#limits.closed(connection.remote, connection.stranger);
    for (const tell of [...connection.lost]) tell(why);
    connection.lost.clear();
  }
}

/** A stranger's answers are few and short: who leaves them unread waits for none. */
const mostWaiting = ({ stranger }: Connection): number => (stranger ? MOST_FOR_STRANGERS : MOST_WAITING);

/** Messages too long for a datagram are sent by TCP to the same address. */
const byStream = (address: Destination): Destination =>
  address.transport === "udp" ? { ...address, transport: "tcp" } : address;

function keyOf(address: Destination): string {
  const { transport, trunk = "", host, port } = byStream(address);
  return `${transport} ${trunk} ${host} ${port}`;
}
