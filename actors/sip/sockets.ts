/**
 * The listening sockets of SIP: UDP and TCP on one port, for every address of `[sip] bind`.
 *
 * Rules: an address family that the machine lacks is skipped and logged; a UDP socket that fails is reopened with
 * back-off; meanwhile the gateway is not up, and outgoing datagrams are dropped, as a network would: retransmissions use
 * the new socket. After `MOST_FAILURES` failures in a row `broken` is called.
 */
import { isIP } from "node:net";
import type {
  Address,
  ByteStream,
  Datagrams,
  Listen,
  Listener,
  OpenDatagrams,
  StreamEvents,
} from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Tally } from "../tally.ts";

const MOST_FAILURES = 10;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** After this time without a failure, earlier ones no longer count. */
const STANDS = 60_000;

export interface SocketsNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly dropped: Tally;
  readonly open: { readonly udp: OpenDatagrams; readonly listen: Listen };
  readonly bind: readonly string[];
  readonly port: number;
  received(bytes: Uint8Array, from: Address, socket: SipSocket): void;
  accept(stream: ByteStream): StreamEvents;
  /** A socket failed too often, and is not reopened. */
  broken(why: string): void;
}

/** A bound address, with its current socket. */
export type SipSocket = Pick<Datagrams, "local" | "send">;

interface Bound extends SipSocket {
  readonly listener: Listener;
  /** Undefined while it is being reopened. */
  datagrams: Datagrams | undefined;
  failures: number;
  openedAt: number;
  disarm: () => void;
}

export class SipSockets {
  readonly #needs: SocketsNeeds;
  #bound: readonly Bound[] = [];
  #port: number;

  constructor(needs: SocketsNeeds) {
    this.#needs = needs;
    this.#port = needs.port;
  }

  /** The actual port. */
  get port(): number {
    return this.#port;
  }

  get up(): boolean {
    return this.#bound.length > 0 && this.#bound.every(({ datagrams }) => datagrams !== undefined);
  }

  /** Whether TCP connections are accepted. */
  get listens(): boolean {
    return this.#bound.length > 0;
  }

  /** The bound addresses. */
  get hosts(): readonly string[] {
    return this.#bound.map(({ local }) => local.host);
  }

  /** Binds every address; rejects, with everything closed again, if one cannot be bound. */
  async start(): Promise<void> {
    let lack: unknown;
    try {
      for (const host of this.#needs.bind)
        await this.#bind(host, 10).catch((error: unknown) => {
          if (!isLackOfFamily(error, host)) throw error;
          lack = error;
          this.#needs.log({ level: "warn", event: "sip.unbound", host, error: String(error) });
        });
      if (!this.up) throw lack;
      this.#logBuffer();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Logs once if the receive buffer is smaller than asked for: bursts of datagrams may be lost. */
  #logBuffer(): void {
    const buffers = this.#bound.flatMap(({ datagrams }) => datagrams?.receiveBuffer ?? []);
    const small = buffers.find(({ asked, given }) => given < asked);
    if (small === undefined) return;
    const text = "datagrams may be lost in bursts: raise net.core.rmem_max";
    this.#needs.log({ level: "warn", event: "sip.buffer", ...small, text });
  }

  async stop(): Promise<void> {
    const closing = this.#bound;
    this.#bound = [];
    for (const { disarm } of closing) disarm();
    await Promise.all(closing.flatMap(({ datagrams, listener }) => [datagrams?.close(), listener.close()]));
  }

  /** The socket of this address's family. */
  for(host: string): SipSocket | undefined {
    const family = isIP(host);
    for (const bound of this.#bound) if (isIP(bound.local.host) === family) return bound;
    return undefined;
  }

  /** UDP and TCP on one port; with port 0, another one is tried if TCP cannot get the same. */
  async #bind(host: string, tries: number): Promise<void> {
    const port = this.#port;
    const datagrams = await this.#open(host);
    try {
      const at = { host, port: datagrams.local.port };
      const listener = await this.#needs.open.listen(at, (stream) => this.#needs.accept(stream));
      this.#bound = [...this.#bound, newBound(datagrams, listener, this.#needs.clock.now())];
      this.#port = datagrams.local.port;
    } catch (error) {
      await datagrams.close();
      if (port !== 0 || tries === 0) throw error;
      return this.#bind(host, tries - 1);
    }
  }

  #open(host: string): Promise<Datagrams> {
    const boundTo = () => this.#bound.find(({ local }) => local.host === host);
    return this.#needs.open.udp(
      { host, port: this.#port },
      {
        received: (bytes, from) => {
          const socket = boundTo();
          if (socket !== undefined) this.#needs.received(bytes, from, socket);
        },
        failed: (error) => this.#failed(boundTo(), error),
        overrun: (count) => this.#needs.dropped.add("datagrams come too fast", { host }, count),
      },
    );
  }

  #failed(bound: Bound | undefined, error: unknown): void {
    if (bound === undefined || !this.#bound.includes(bound)) return;
    const { clock, log, broken } = this.#needs;
    if (bound.datagrams !== undefined && clock.now() - bound.openedAt > STANDS) bound.failures = 0;
    bound.datagrams?.close();
    bound.datagrams = undefined;
    bound.disarm();
    bound.failures++;
    const why = String(error instanceof Error ? error.message : error);
    if (bound.failures > MOST_FAILURES) return broken(`[sip] bind ${bound.local.host}: ${why}`);
    const pause = Math.min(FIRST_PAUSE * 2 ** (bound.failures - 1), LONGEST_PAUSE);
    log({ level: "warn", event: "sip.socket", host: bound.local.host, error: why, retryIn: pause });
    bound.disarm = clock.after(pause, () => this.#again(bound));
  }

  #again(bound: Bound): void {
    this.#open(bound.local.host).then(
      (datagrams) => {
        if (!this.#bound.includes(bound)) return void datagrams.close();
        bound.datagrams = datagrams;
        bound.openedAt = this.#needs.clock.now();
        this.#needs.log({ level: "info", event: "sip.socket", host: bound.local.host });
      },
      (error: unknown) => this.#failed(bound, error),
    );
  }
}

function newBound(datagrams: Datagrams, listener: Listener, openedAt: number): Bound {
  const bound: Bound = {
    local: datagrams.local,
    listener,
    datagrams,
    failures: 0,
    openedAt,
    disarm: () => {},
    send: (bytes, to, sent) => (bound.datagrams ? bound.datagrams.send(bytes, to, sent) : sent?.()),
  };
  return bound;
}

/** Whether the machine has no IPv4 or IPv6 at all; a single address that cannot be bound is an error in the options. */
function isLackOfFamily(error: unknown, host: string): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return (host === "::" || host === "0.0.0.0") && (code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL");
}
