/**
 * The unsent bytes of all connections together, and whose peer reads slowest when they are too many.
 *
 * Bound: `MOST`, of which strangers take half at most (connections.ts has the bounds of one connection).
 */
import type { ByteStream } from "../../transports/transport.ts";

const MOST = 67_108_864;

export class Unsent {
  /** No less than the sum: counted again only at the bound, since a stream does not tell when it has sent something. */
  #sum = 0;

  /** So many bytes more will wait: the connection to be closed first, that with the most, if they are too many. */
  add<Of extends { readonly stream: ByteStream }>(bytes: number, open: Iterable<Of>): Of | undefined {
    this.#sum += bytes;
    if (this.#sum <= MOST) return undefined;
    let [sum, most, slowest]: [number, number, Of | undefined] = [bytes, 0, undefined];
    for (const each of open) {
      const { waiting } = each.stream;
      sum += waiting;
      if (waiting > most) [most, slowest] = [waiting, each];
    }
    this.#sum = sum;
    return sum > MOST ? slowest : undefined;
  }
}
