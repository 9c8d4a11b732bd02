/** The user's port: what a stranger sends throws nothing and is no check of the user's; and an address that cannot be bound. */
import { expect, test } from "bun:test";
import { classes, Message, methods } from "werift";
import { IceAgent } from "../../relay/ice.ts";
import { Ports, type Received } from "../../relay/ports.ts";
import type { Address } from "../../transports/transport.ts";
import { until } from "../support/until.ts";

const HERE = "192.0.2.14";
/** The machine had this address until lately. */
const GONE = "2001:db8::14";

/** An agent on a network that only hears; what it takes for a sign of the user, and what it hands on. */
async function start(addresses = [HERE]) {
  const hear: Received[] = [];
  const sent: Uint8Array[] = [];
  const places = new Set<string>();
  const signs = { checked: 0, received: 0 };
  const open: ConstructorParameters<typeof Ports>[0] = async (local, { received }) => {
    if (local.host === GONE) throw Object.assign(new Error("no such address"), { code: "EADDRNOTAVAIL" });
    hear.push(received);
    const send = (bytes: Uint8Array, { host }: Address): void => {
      sent.push(bytes);
      places.add(host);
    };
    return { local, send, close: async () => {} };
  };
  const ports = new Ports(open, { first: 30_000, last: 30_009 }, () => 0);
  const told = { received: () => void signs.received++, checked: () => void signs.checked++ };
  const agent = await IceAgent.open({ ports, addresses, outside: "", controlling: true, ...told });
  const say = (bytes: Uint8Array): void => hear[0]?.(bytes, { host: "198.51.100.9", port: 4_000 });
  return { agent, say, sent, signs, places };
}

// proves: V20
test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "", "nobody"])(
  "a check that names %j as its user is dropped",
  async (name) => {
    const { agent, say, sent, signs } = await start();
    const check = new Message(methods.BINDING, classes.REQUEST).setAttribute("USERNAME", `${name}:stranger`);
    expect(() => say(check.bytes)).not.toThrow();
    expect([signs, sent]).toEqual([{ checked: 0, received: 0 }, []]);
    agent.close();
  },
);

// proves: V23
test("a user's candidates lead no check to places that nobody may name", async () => {
  const { agent, places } = await start();
  const special = ["127.0.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "198.51.100.9"];
  const candidates = special.map((ip, at) => ({
    ...{ foundation: `${at}`, component: 1, protocol: "udp", priority: 100 - at, ip, port: 4_000 },
    ...{ type: "host", generation: 0, network: 0 },
  }));
  const described = { kind: "ice", ufrag: "user", pwd: "p".repeat(22), options: [], fingerprints: [] } as const;
  agent.connect({ ...described, candidates, gathered: true }, false, () => {});
  await until(
    "a check",
    () => [...places],
    (found) => found.includes("198.51.100.9"),
  );
  expect([...places]).toEqual(["198.51.100.9"]);
  agent.close();
});

test("an address that cannot be bound is left out, and without any other there is no call", async () => {
  const { agent } = await start([GONE, HERE]);
  expect(agent.transport.candidates.map(({ ip }) => ip)).toEqual([HERE]);
  agent.close();
  await expect(start([GONE])).rejects.toThrow("no socket: no such address");
});
