/**
 * Connects to the XMPP server: resolves its host name, then tries its addresses one after another.
 *
 * Rules: the look-up is not left to the connection (node:net), where a silent name server would block one of the process's few
 * threads at each retry; every wait is limited: the look-up by its own time-out (actors/hosts.ts), all addresses together by `TIMEOUT`.
 */
import type { Address, ByteStream, Connect, StreamEvents } from "../../transports/transport.ts";

/** Milliseconds for all addresses together. */
const TIMEOUT = 5_000;
const MOST_ADDRESSES = 5;

/** Calls `use` once with the addresses of a host, at once if it is an address; with none if the name does not resolve in time. */
export type Find = (host: string, use: (addresses: readonly string[]) => void) => void;

export interface ConnectNeeds {
  readonly find: Find;
  readonly connect: Connect;
}

/** Connects to the first address that answers, as long as it `isWanted`; rejects with the last error. */
export async function connectTo(
  server: Address,
  events: StreamEvents,
  { find, connect }: ConnectNeeds,
  isWanted: () => boolean,
): Promise<ByteStream> {
  const found = await new Promise<readonly string[]>((use) => find(server.host, use));
  const addresses = found.slice(0, MOST_ADDRESSES);
  let failure: unknown = new Error(`host name ${server.host} does not resolve`);
  for (const host of addresses) {
    if (!isWanted()) break;
    try {
      return await connect({ host, port: server.port }, events, Math.floor(TIMEOUT / addresses.length));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
