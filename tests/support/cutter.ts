/** A TCP proxy between a server and its component that splits the server's bytes into pieces chosen by the test. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { CUTS, type Cut, cutBy } from "./attacks.ts";

/** After this many pieces, the rest of a chunk is one piece. */
const MOST_PIECES = 100;

export class Cutter {
  cut: Cut = CUTS[0];
  readonly #chance: () => number;
  readonly #sockets: Socket[] = [];
  readonly #server = createServer((component) => this.#accept(component));
  #to = 0;

  constructor(chance: () => number) {
    this.#chance = chance;
  }

  /** Listens for the component, and connects it to this port. */
  async start(to: number): Promise<number> {
    this.#to = to;
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    return (this.#server.address() as AddressInfo).port;
  }

  #accept(component: Socket): void {
    const server = connect(this.#to, "127.0.0.1");
    for (const socket of [component, server]) socket.setNoDelay(true).on("error", () => {});
    this.#sockets.push(component, server);
    component.pipe(server);
    server.on("data", (bytes: Buffer) => {
      server.pause();
      void this.#pass(bytes, component).then(() => server.resume());
    });
    server.on("close", () => component.destroy());
  }

  async #pass(bytes: Uint8Array, component: Socket): Promise<void> {
    const pieces = cutBy(this.cut, bytes, this.#chance, MOST_PIECES);
    await Promise.all(pieces.map((piece) => new Promise((written) => component.write(piece, written))));
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
