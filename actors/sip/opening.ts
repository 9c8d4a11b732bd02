/**
 * The connections that are being opened: one attempt at a time for each address, with all who wait for it.
 *
 * RFC 3261 §18.1. Rules: an attempt ends within two seconds; a refused address is remembered for a minute, so that long messages are sent
 * over UDP meanwhile (transport.ts); why there is no TLS connection is counted, logged, and reported for the trunk. Bound: `MOST_REFUSED`
 * remembered addresses; the attempts are bounded by connection-limits.ts.
 */
import type { Destination } from "../../protocol/sip/message.ts";
import type { ByteStream, StreamEvents } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Tally } from "../tally.ts";

/** Milliseconds. */
const CONNECT = 2_000;
const REFUSED_FOR = 60_000;
const MOST_REFUSED = 1_000;

/** Connects, or rejects after `timeout` milliseconds. */
export type ConnectTo = (to: Destination, events: StreamEvents, timeout: number) => Promise<ByteStream>;

export interface OpeningNeeds {
  readonly clock: Clock;
  readonly connect: ConnectTo;
  readonly dropped: Tally;
  /** A TLS connection to a trunk was tried: why there is none, in words, "" where there is one. */
  tried?(trunk: string, why: string): void;
}

/** Called with a connection, or with the reason for none if known. */
export type Use<Connection> = (connection: Connection | undefined, why?: string) => void;

/** The callbacks of a connection, and the function that registers it once its stream is open. */
export interface Begun<Connection> {
  readonly events: StreamEvents;
  readonly begin: (stream: ByteStream) => Connection;
}

export class Opening<Connection> {
  readonly #needs: OpeningNeeds;
  readonly #waiting = new Map<string, Use<Connection>[]>();
  readonly #refused = new Map<string, number>();
  #stopped = false;

  constructor(needs: OpeningNeeds) {
    this.#needs = needs;
  }

  /** Attempts under way. */
  get count(): number {
    return this.#waiting.size;
  }

  /** Waits for the attempt under this key; false if there is none. */
  join(key: string, use: Use<Connection>): boolean {
    return this.#waiting.get(key)?.push(use) !== undefined;
  }

  open(key: string, address: Destination, { events, begin }: Begun<Connection>, use: Use<Connection>): void {
    this.#waiting.set(key, [use]);
    this.#needs.connect(address, events, CONNECT).then(
      (stream) => {
        if (this.#stopped) stream.destroy();
        else this.tried(address, "");
        this.#done(key, this.#stopped ? undefined : begin(stream));
      },
      (error: unknown) => {
        this.#rememberRefusal(key);
        this.#done(key, undefined, this.#whyNot(address, error));
      },
    );
  }

  /** Whether an attempt under this key was refused, or timed out, within the last minute. */
  refusedLately(key: string): boolean {
    return (this.#refused.get(key) ?? 0) > this.#needs.clock.now();
  }

  /** A TLS connection to a trunk was tried; with TLS 1.3 a peer that refuses our certificate does so after it is up. */
  tried({ trunk }: Destination, why: string): void {
    if (trunk !== undefined) this.#needs.tried?.(trunk, why);
  }

  /** Connections that come later are closed. */
  stop(): void {
    this.#stopped = true;
  }

  #done(key: string, connection: Connection | undefined, why?: string): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const each of waiting) each(connection, why);
  }

  /** The reason in words, also counted and logged; for TCP undefined. */
  #whyNot({ transport, trunk, host, port }: Destination, error: unknown): string | undefined {
    if (transport !== "tls") return undefined;
    const why = error instanceof Error ? error.message : String(error);
    this.#needs.dropped.add("no TLS connection", { trunk, host, port, why });
    this.tried({ transport, trunk, host, port }, why);
    return why;
  }

  #rememberRefusal(key: string): void {
    if (this.#refused.size >= MOST_REFUSED) this.#refused.clear();
    this.#refused.set(key, this.#needs.clock.now() + REFUSED_FOR);
  }
}
