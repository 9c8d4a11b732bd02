/** What a stranger sends to the user's port is read, whatever it is: nothing of it throws, and no check of its is the user's. */
import { expect, test } from "bun:test";
import { classes, Message, methods } from "werift";
import { IceAgent } from "../../relay/ice.ts";
import { Ports, type Received } from "../../relay/ports.ts";

const HERE = "192.0.2.14";

/** An agent on a network that only hears; what it takes for a sign of the user, and what it hands on. */
async function start() {
  const hear: Received[] = [];
  const sent: Uint8Array[] = [];
  const signs = { checked: 0, received: 0 };
  const open: ConstructorParameters<typeof Ports>[0] = async (local, { received }) => {
    hear.push(received);
    return { local, send: (bytes) => void sent.push(bytes), close: async () => {} };
  };
  const ports = new Ports(open, { first: 30_000, last: 30_009 }, () => 0);
  const told = { received: () => void signs.received++, checked: () => void signs.checked++ };
  const agent = await IceAgent.open({ ports, addresses: [HERE], outside: "", controlling: true, ...told });
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
