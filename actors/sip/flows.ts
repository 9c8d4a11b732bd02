/**
 * The flows of SIP messages: over a UDP socket, over a connection, and back to where a request came from.
 *
 * RFC 3261 §18.2.2, RFC 6026 §8.8. Rules: a response is sent on the socket or connection of its request; if the connection is gone, on a
 * new one to where the sender of the request listens; what came over TLS is answered over TLS, to the same trunk.
 */
import type { Destination, Request, Transport } from "../../protocol/sip/message.ts";
import type { Address } from "../../transports/transport.ts";
import type { Watch } from "../watch.ts";
import type { Connection, SipConnections } from "./connections.ts";
import type { Flow } from "./flow.ts";
import { replyTo } from "./receive.ts";
import type { SipSocket, SipSockets } from "./sockets.ts";
import { UdpFlow } from "./udp-flow.ts";

/** What a message came by. */
export type CameBy = SipSocket | Connection;

export interface SipFlowsNeeds {
  readonly sockets: SipSockets;
  readonly connections: SipConnections;
  /** Our port for this transport, if it differs from that of UDP and TCP. */
  ownPort(transport: Transport): number | undefined;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}

export class SipFlows {
  readonly #needs: SipFlowsNeeds;

  constructor(needs: SipFlowsNeeds) {
    this.#needs = needs;
  }

  byUdp(socket: SipSocket, to: Address): Flow {
    return new UdpFlow(socket, to, this.#needs.watch);
  }

  byStream(connection: Connection): Flow {
    const { transport, trunk, host, port } = connection.remote;
    const { connections, watch, ownPort } = this.#needs;
    return {
      transport,
      trunk,
      ownPort: ownPort(transport),
      remote: connection.remote,
      send: (bytes, failed) => {
        watch?.sip(true, bytes, transport, host, port);
        connections.write(connection, bytes, failed);
      },
      whenLost(tell) {
        connection.lost.add(tell);
        return () => void connection.lost.delete(tell);
      },
    };
  }

  /** The flow of a response: by what its request came by, or a new connection. */
  back(by: CameBy, to: Address): Flow {
    return "stream" in by ? this.#byStreamOrAnew(by, to) : this.byUdp(by, to);
  }

  /** The same, and never by another connection. */
  backAsItCame(by: CameBy, to: Address): Flow {
    return "stream" in by ? this.byStream(by) : this.byUdp(by, to);
  }

  /** The flow back to the source of a request that an earlier gateway read: its socket and connections are gone. */
  restored(request: Request, source: Destination): Flow {
    const to = replyTo(request, source);
    const { transport, trunk } = source;
    const { sockets, connections, ownPort } = this.#needs;
    const flow = (use: (flow: Flow | undefined) => void): void => {
      const socket = sockets.for(to.host);
      if (transport === "udp") use(socket && this.byUdp(socket, to));
      else connections.to({ ...to, transport, trunk }, (connection) => use(connection && this.byStream(connection)));
    };
    return {
      transport,
      trunk,
      ownPort: ownPort(transport),
      remote: to,
      send: (bytes, failed) => flow((found) => (found ? found.send(bytes, failed) : failed())),
      whenLost: () => () => {},
    };
  }

  #byStreamOrAnew(connection: Connection, to: Address): Flow {
    const flow = this.byStream(connection);
    const { transport, trunk } = connection.remote;
    const { connections } = this.#needs;
    const anew = (bytes: Uint8Array, failed: () => void): void =>
      connections.to({ ...to, transport, trunk }, (other) =>
        other ? connections.write(other, bytes, failed) : failed(),
      );
    return { ...flow, send: (bytes, failed) => flow.send(bytes, () => anew(bytes, failed)) };
  }
}
