/** The user's port: what a stranger sends throws nothing and is no check of the user's; and an address that cannot be bound. */
import { expect, test } from "bun:test";
import { classes, Message, methods } from "werift";
import { IceAgent } from "../../relay/ice.ts";
import { Ports, type Received } from "../../relay/ports.ts";

const HERE = "192.0.2.14";
/** The machine had this address until lately. */
const GONE = "2001:db8::14";

/** An agent on a network that only hears; what it takes for a sign of the user, and what it hands on. */
async function start(addresses = [HERE]) {
  const hear: Received[] = [];
  const sent: Uint8Array[] = [];
  const signs = { checked: 0, received: 0 };
  const open: ConstructorParameters<typeof Ports>[0] = async (local, { received }) => {
    if (local.host === GONE) throw Object.assign(new Error("no such address"), { code: "EADDRNOTAVAIL" });
    hear.push(received);
    return { local, send: (bytes) => void sent.push(bytes), close: async () => {} };
  };
  const ports = new Ports(open, { first: 30_000, last: 30_009 }, () => 0);
  const told = { received: () => void signs.received++, checked: () => void signs.checked++ };
  const agent = await IceAgent.open({ ports, addresses, outside: "", controlling: true, ...told });
  const say = (bytes: Uint8Array): void => hear[0]?.(bytes, { host: "198.51.100.9", port: 4_000 });
  return { agent, say, sent, signs };
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

test("an address that cannot be bound is left out, and without any other there is no call", async () => {
  const { agent } = await start([GONE, HERE]);
  expect(agent.transport.candidates.map(({ ip }) => ip)).toEqual([HERE]);
  agent.close();
  expect(start([GONE])).rejects.toThrow("no socket: no such address");
});
