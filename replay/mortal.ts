/**
 * A process in memory that can be killed at any instant: clock, wires and store of one gateway, which die together.
 *
 * Rules: after its death none of its timers runs, its sockets and streams are closed silently, nothing reaches it, and its writes to
 * the store are lost. What was sent before is still delivered. The wires and the rows themselves survive, for the next gateway.
 */
import type { Clock } from "../actors/clock.ts";
import type { GatewayNeeds } from "../actors/gateway-config.ts";
import { MemoryStore, type Rows } from "../actors/store/memory.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";
import type { Wire } from "./wire.ts";

export class Mortal {
  #isAlive = true;
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #close = new Set<() => void>();

  constructor(clock: Clock, wire: Wire) {
    this.#clock = clock;
    this.#wire = wire;
  }

  readonly clock: Clock = {
    now: () => this.#clock.now(),
    round: (run) => this.#clock.round(() => this.#isAlive && run()),
    after: (milliseconds, run) => {
      if (!this.#isAlive) return () => {};
      const cancel = this.#clock.after(milliseconds, () => {
        this.#close.delete(cancel);
        run();
      });
      this.#close.add(cancel);
      return () => {
        this.#close.delete(cancel);
        cancel();
      };
    },
  };

  readonly open: GatewayNeeds["open"] = {
    udp: async (at, events) => {
      const socket = await this.#wire.openUdp(at, events);
      this.#close.add(() => void socket.close());
      return socket;
    },
    listen: async (at, accept) => {
      const listener = await this.#wire.listen(at, (stream) => this.#alive(accept(stream)));
      this.#close.add(() => void listener.close());
      return listener;
    },
    listenTls: async (at, terms, accept) => {
      const listener = await this.#wire.listenTls(at, terms, (stream, peer) => this.#alive(accept(stream, peer)));
      this.#close.add(() => void listener.close());
      return listener;
    },
    connect: async (to, events, ...rest) => this.#mine(await this.#wire.connect(to, this.#alive(events), ...rest)),
    connectTls: async (terms, to, events, ...rest) =>
      this.#mine(await this.#wire.connectTls(terms, to, this.#alive(events), ...rest)),
  };

  /** `writes` is called before each batch is written, which takes `slow` milliseconds: in the middle of that it is in the store. */
  store(rows: Rows, writes?: () => void, slow = 0): MemoryStore {
    const isAlive = (): boolean => this.#isAlive;
    const { clock } = this;
    return new (class extends MemoryStore {
      override write(...batch: Parameters<MemoryStore["write"]>): ReturnType<MemoryStore["write"]> {
        writes?.();
        if (!isAlive()) return new Promise(() => {});
        if (slow === 0) return super.write(...batch);
        return new Promise((resolve) => {
          clock.after(slow / 2, () => {
            const written = super.write(...batch);
            clock.after(slow / 2, () => resolve(written));
          });
        });
      }
    })(rows);
  }

  kill(): void {
    this.#isAlive = false;
    for (const close of this.#close) close();
    this.#close.clear();
  }

  #mine(stream: ByteStream): ByteStream {
    this.#close.add(() => stream.destroy());
    return stream;
  }

  /** The same events, while it lives. */
  #alive({ received, closed }: StreamEvents): StreamEvents {
    return {
      received: (bytes) => this.#isAlive && received(bytes),
      closed: () => this.#isAlive && closed(),
    };
  }
}
