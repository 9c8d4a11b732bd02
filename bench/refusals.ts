/**
 * npm run bench:refusals [-- --rounds 200]
 *
 * The cost of refusing a call: CPU of the main thread, in memory (no kernel), in a gateway whose set-up window is full. For a phone:
 * its INVITE, the 503 and the ACK; for a user: the session-initiate and the error. Prints the minimum of many short rounds, since
 * other work only adds.
 */
import { parseArgs } from "node:util";
import { Gateway } from "../actors/gateway.ts";
import { watchAll } from "../actors/watch-all.ts";
import { Journal } from "../journal/journal.ts";
import { createClock } from "../replay/clock.ts";
import { COMPONENT, gatewayConfig, needsOf, PROXY, SERVER } from "../replay/gateway.ts";
import { createWire } from "../replay/wire.ts";
import type { DatagramEvents, StreamEvents } from "../transports/transport.ts";
import { Metrics } from "../web/metrics.ts";
import { BROWSER, SMALL } from "./sessions.ts";
import type { Sessions } from "./user.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "200" } } });
/** Calls per round. */
const MANY = 200;
/** More than the set-up window. */
const CROWD = 600;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text.replaceAll(/\r?\n/g, "\r\n"));

/** A request of a phone behind the proxy, with a phone's usual fields. */
const request = (
  method: string,
  id: string,
  toTag: string,
  body: string,
): string => `${method} sip:alice@example.org SIP/2.0
Via: SIP/2.0/UDP ${PROXY.host}:${PROXY.port};rport;branch=z9hG4bKproxy${id}
Via: SIP/2.0/UDP 198.51.100.7:5060;rport=5060;received=198.51.100.7;branch=z9hG4bK${id}
Record-Route: <sip:${PROXY.host};lr>
Max-Forwards: 69
From: "Bob" <sip:bob@${PROXY.host}>;tag=from${id}
To: <sip:alice@example.org>${toTag}
Contact: <sip:bob@198.51.100.7:5060>
Call-ID: ${id}@198.51.100.7
CSeq: 1 ${method}
Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK
Supported: replaces, timer, 100rel
User-Agent: bench
${body === "" ? "" : "Content-Type: application/sdp\n"}Content-Length: ${bytesOf(body).length}

${body}`;

const initiate = (id: string, contents: string): string =>
  `<iq type='set' id='${id}' from='alice@example.org/bench' to='bob@${COMPONENT}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' initiator='alice@example.org/bench' sid='${id}'>${contents}</jingle></iq>`;

/** A gateway without wires: messages are passed in and out by hand. */
async function open() {
  const clock = createClock();
  const wire = createWire(clock);
  const journal = new Journal({ now: () => clock.now(), budget: 2 ** 26 });
  let datagrams: DatagramEvents | undefined;
  let stream: StreamEvents | undefined;
  let said: Uint8Array = new Uint8Array();
  const gateway: Gateway = new Gateway(gatewayConfig({ maxCalls: 100_000 }), {
    ...needsOf(clock, wire, () => {}),
    watch: watchAll([journal, new Metrics(() => gateway.gauges)]),
    open: {
      ...{ listen: wire.listen },
      udp: async (at, events) => {
        datagrams = events;
        return {
          local: at,
          send: (bytes) => {
            said = bytes;
          },
          close: async () => {},
        };
      },
      connect: async (_, events) => {
        stream = events;
        const nowhere = { ...{ local: SERVER, remote: SERVER, waiting: 0 }, end: () => {}, destroy: () => {} };
        return { ...nowhere, write: () => {} };
      },
    },
  });
  void gateway.start();
  await clock.advance(10);
  const hear = (text: string): void => stream?.received(new TextEncoder().encode(text));
  hear("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'>");
  await clock.advance(10);
  hear("<handshake/><presence from='alice@example.org/bench' to='sip.example.org'/>");
  await clock.advance(10);
  return {
    sip: (bytes: Uint8Array): void => datagrams?.received(bytes, PROXY),
    xmpp: (bytes: Uint8Array): void => stream?.received(bytes),
    said: (): string => new TextDecoder().decode(said),
    refused: (): number => gateway.gauges.load.refused,
  };
}

/** The least time of a refusal, in microseconds. */
async function measure(of: "phone" | "user", { sdp, contents }: Sessions): Promise<number> {
  const gateway = await open();
  for (let at = 0; at < CROWD; at++) gateway.sip(bytesOf(request("INVITE", `crowd${at}`, "", SMALL.sdp)));
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < Number(values.rounds); round++) {
    const ids = Array.from({ length: MANY }, (_, at) => `r${round}-${at}`);
    const [came, before] = [
      ids.map((id) => bytesOf(of === "phone" ? request("INVITE", id, "", sdp) : initiate(id, contents))),
      gateway.refused(),
    ];
    const acks: Uint8Array[] = [];
    let start = performance.now();
    let spent = 0;
    if (of === "user") for (const bytes of came) gateway.xmpp(bytes);
    else
      for (const [at, bytes] of came.entries()) {
        gateway.sip(bytes);
        spent += performance.now() - start;
        const tag = /^To: .*(;tag=.*)\r$/m.exec(gateway.said())?.[1] ?? "";
        acks.push(bytesOf(request("ACK", ids[at] ?? "", tag, "")));
        start = performance.now();
      }
    if (of === "phone") start = performance.now();
    for (const bytes of acks) gateway.sip(bytes);
    spent += performance.now() - start;
    if (gateway.refused() - before !== MANY) throw new Error(`refused were ${gateway.refused() - before}`);
    least = Math.min(least, (1_000 * spent) / MANY);
  }
  return least;
}

console.log("| refused | µs, small | µs, browser |");
console.log("|---|---|---|");
for (const of of ["phone", "user"] as const)
  console.log(
    `| a ${of}'s call | ${(await measure(of, SMALL)).toFixed(1)} | ${(await measure(of, BROWSER)).toFixed(1)} |`,
  );

process.exit(0);
