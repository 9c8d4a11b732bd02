/** A SIP stack on a wire in memory, and a raw peer that sends and receives text. */
import type { Message } from "../../protocol/sip/message.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { createClock, type SimulatedClock } from "../../replay/clock.ts";
import { createWire, type Wire } from "../../replay/wire.ts";
import type { Address, Datagrams } from "../../transports/transport.ts";
import { crlf } from "./changed.ts";
import { makeStack, type TestStack } from "./sip.ts";

export const STACK = { host: "192.0.2.1", port: 5600 };
export const PEER = { host: "192.0.2.2", port: 5060 };

export interface Bench extends TestStack {
  readonly clock: SimulatedClock;
  readonly wire: Wire;
  /** Messages received by the peer, as datagrams. */
  readonly received: Message[];
  /** Sends a message given as text with LF line ends. */
  say(text: string, from?: Address): Promise<void>;
  /** The statuses and methods received so far. */
  readonly words: () => string[];
}

type Answer = Parameters<typeof makeStack>[1];
type Chosen = Partial<Parameters<typeof makeStack>[0]>;

export async function bench(answer?: Answer, chosen: Chosen = {}): Promise<Bench> {
  const clock = createClock();
  const wire = createWire(clock);
  const stack = makeStack(
    {
      clock,
      open: { udp: wire.openUdp, listen: wire.listen, connect: wire.connect },
      ...{ bind: ["0.0.0.0", "::"], port: STACK.port, localHost: STACK.host, resolve: async (host: string) => [host] },
      ...chosen,
    },
    answer,
  );
  await stack.sip.start();
  const received: Message[] = [];
  const sockets = new Map<string, Datagrams>();
  const socketOf = async (at: Address): Promise<Datagrams> => {
    const key = `${at.host} ${at.port}`;
    const known = sockets.get(key);
    if (known) return known;
    const made = await wire.openUdp(at, {
      received: (bytes) => void received.push(readMessage(bytes)),
      failed: () => {},
    });
    sockets.set(key, made);
    return made;
  };
  await socketOf(PEER);
  return {
    ...stack,
    ...{ clock, wire, received },
    words: () => received.map((message) => (message.kind === "request" ? message.method : `${message.status}`)),
    async say(text, from = PEER) {
      const to = from.host.includes(":") ? { host: "::1", port: STACK.port } : STACK;
      (await socketOf(from)).send(new TextEncoder().encode(crlf(text)), to);
      await clock.advance(10);
    },
  };
}

/** A request as text. */
export function asked(
  method: string,
  more: { via?: string; to?: string; callId?: string; cseq?: string; lines?: string; uri?: string } = {},
): string {
  const {
    via = `SIP/2.0/UDP ${PEER.host}:${PEER.port};branch=z9hG4bK1`,
    to = "<sip:b@b>",
    callId = "c",
    lines = "",
  } = more;
  const { cseq = `1 ${method}`, uri = "sip:b@192.0.2.1:5600" } = more;
  return `${method} ${uri} SIP/2.0\nVia: ${via}\nFrom: <sip:a@a>;tag=a\nTo: ${to}\nCall-ID: ${callId}\nCSeq: ${cseq}\nContact: <sip:a@192.0.2.2:5060>\nMax-Forwards: 70\n${lines}\n`;
}
