/** A TCP proxy before a server, which stops reading what its client sends: the client's window shuts, while it goes on hearing the server. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

const HOST = "127.0.0.1";

export class Valve {
  readonly #to: number;
  readonly #sockets: Socket[] = [];
  readonly #server = createServer((client) => this.#accept(client));
  #isShut = false;

  private constructor(to: number) {
    this.#to = to;
  }

  /** Listens, and passes each connection on to this port. */
  static async open(to: number): Promise<Valve> {
    const valve = new Valve(to);
    await new Promise<void>((listening) => valve.#server.listen(0, HOST, listening));
    return valve;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nothing more is read of any client. */
  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #accept(client: Socket): void {
    const server = connect(this.#to, HOST);
    for (const socket of [client, server]) socket.setNoDelay(true).on("error", () => {});
    this.#sockets.push(client);
    client.on("data", (bytes) => void server.write(bytes));
    client.once("close", () => server.destroy());
    server.pipe(client);
    if (this.#isShut) client.pause();
  }
}
