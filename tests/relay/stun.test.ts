/** Where a STUN server sees the relay: told to the user as a candidate, asked for once a call, and no call waits for a server that is silent. */
import { afterEach, expect, test } from "bun:test";
import { classes, Message, methods, parseMessage } from "werift";
import { IceAgent } from "../../relay/ice.ts";
import { Ports, type Received } from "../../relay/ports.ts";
import { StunServers } from "../../relay/stun.ts";
import { createClock } from "../../replay/clock.ts";
import type { Address } from "../../transports/transport.ts";

const HERE = "192.168.178.5";
const SEEN = { host: "203.0.113.7", port: 61_004 };
const SERVER = { host: "198.51.100.3", port: 3478 };

/** An agent on a network in memory, with a STUN server that answers so. */
async function start({
  servers = [SERVER],
  answers = (): Address | undefined => SEEN,
  addresses = [HERE],
  resolve = async (_: string): Promise<readonly string[]> => [],
} = {}) {
  const clock = createClock();
  const asked: Address[] = [];
  const logged: string[] = [];
  const open: ConstructorParameters<typeof Ports>[0] = async (local, { received }) => {
    const send = (bytes: Uint8Array, to: Address): void => {
      asked.push(to);
      const seen = answers();
      if (seen) clock.after(10, () => answer(received, bytes, to, seen));
    };
    return { local, send, close: async () => {} };
  };
  const stun = new StunServers({ servers, resolve, clock, log: ({ event }) => void logged.push(event) });
  const ports = new Ports(open, { first: 30_000, last: 30_099 }, () => 0);
  const silent = { received: () => {}, checked: () => {} };
  const agents: IceAgent[] = [];
  const agent = async (): Promise<IceAgent> => {
    const made = IceAgent.open({ ports, addresses, outside: "", stun, controlling: true, ...silent });
    for (const milliseconds of [1, 600]) await clock.advance(milliseconds);
    agents.push(await made);
    return made;
  };
  ended.push(() => {
    for (const each of agents) each.close();
  });
  return { agent, asked, clock, logged };
}

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

function answer(received: Received, bytes: Uint8Array, from: Address, seen: Address): void {
  const request = parseMessage(Buffer.from(bytes));
  if (!request) return;
  const response = new Message(methods.BINDING, classes.RESPONSE, request.transactionId);
  response.setAttribute("XOR-MAPPED-ADDRESS", [seen.host, seen.port]);
  received(response.bytes, from);
}

const typesOf = ({ transport }: IceAgent): readonly string[] =>
  transport.candidates.map(({ type, ip, port }) => `${type} ${ip} ${port}`);

// proves: V25
test("the user hears of the address and port that the server has seen, with the base that it is of", async () => {
  const { agent } = await start();
  const { transport } = await agent();
  expect(transport.candidates.at(-1)).toMatchObject({
    ...{ type: "srflx", ip: SEEN.host, port: SEEN.port, protocol: "udp", component: 1 },
    ...{ relatedAddress: HERE, relatedPort: 30_000 },
  });
  expect(transport.candidates.at(-1)?.priority).toBeLessThan(transport.candidates[0]?.priority ?? 0);
});

// proves: V25
test("without a NAT there is nothing more to tell", async () => {
  const { agent } = await start({ answers: () => ({ host: HERE, port: 30_000 }) });
  expect(typesOf(await agent())).toEqual([`host ${HERE} 30000`]);
});

// proves: V25
test("IPv6 is not asked for, and IPv4 behind it is", async () => {
  const { agent, asked } = await start({ addresses: ["2001:db8::5", HERE] });
  expect(typesOf(await agent()).at(-1)).toBe(`srflx ${SEEN.host} ${SEEN.port}`);
  expect(asked).toEqual([SERVER]);
});

// proves: V25
test("a silent server costs one call half a second, and then none for a minute; the next one is asked", async () => {
  const other = { host: "198.51.100.4", port: 3478 };
  let silent = true;
  const { agent, asked, clock, logged } = await start({
    servers: [SERVER, other],
    answers: () => (silent ? undefined : SEEN),
  });
  expect(typesOf(await agent())).toEqual([`host ${HERE} 30000`]);
  expect(logged).toEqual(["relay.stun.silent"]);
  silent = false;
  asked.length = 0;
  expect(typesOf(await agent()).at(-1)).toBe(`srflx ${SEEN.host} ${SEEN.port}`);
  expect(asked.filter(({ host }) => host === SERVER.host).length).toBe(0);
  await clock.advance(60_000);
  asked.length = 0;
  await agent();
  expect(asked[0]).toEqual(SERVER);
});

// proves: V25
test("a name is looked up once in five minutes, and one without an address is as silent", async () => {
  let lookups = 0;
  const names: Readonly<Record<string, readonly string[]>> = { "stun.example.net": ["2001:db8::3", SERVER.host] };
  const resolve = async (name: string): Promise<readonly string[]> => {
    lookups++;
    const found = names[name];
    if (!found) throw new Error("ENOTFOUND");
    return found;
  };
  const known = await start({ servers: [{ host: "stun.example.net", port: 3478 }], resolve });
  await known.agent();
  await known.agent();
  expect([lookups, known.asked[0]]).toEqual([1, SERVER]);
  const unknown = await start({ servers: [{ host: "nowhere.example.net", port: 3478 }], resolve });
  expect(typesOf(await unknown.agent())).toEqual([`host ${HERE} 30000`]);
});

// proves: V25
test("the mapping is kept until the user is there, or the call is over", async () => {
  const { agent, asked, clock } = await start();
  const one = await agent();
  asked.length = 0;
  await clock.advance(46_000);
  expect(asked.length).toBe(3);
  one.close();
  await clock.advance(60_000);
  expect(asked.length).toBe(3);
});
