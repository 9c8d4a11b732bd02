/** SIPp asks OPTIONS over real sockets. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { systemClock } from "../../actors/clock.ts";
import { connectTcp, listenTcp } from "../../transports/tcp.ts";
import { openUdp } from "../../transports/udp.ts";
import { makeStack, type TestStack } from "../support/sip.ts";
import { noSipp, startSipp } from "../support/sipp.ts";

const title = (name: string): string => (noSipp === undefined ? name : `${name} (left out: ${noSipp})`);
let stack: TestStack;

beforeEach(async () => {
  stack = makeStack({ clock: systemClock, open: { udp: openUdp, listen: listenTcp, connect: connectTcp } });
  await stack.sip.start();
});
afterEach(() => stack.sip.stop());

test.skipIf(noSipp !== undefined).each([
  ["UDP", "u1"],
  ["TCP", "t1"],
])(title("SIPp's OPTIONS over %s are answered 200"), async (_, transport) => {
  const run = startSipp("options.xml", [`127.0.0.1:${stack.sip.port}`, "-t", transport, "-m", "100", "-r", "200"]);
  const { code, screen } = await run.ended;
  expect(code, screen).toBe(0);
  expect(stack.heard.words).toEqual(new Array(100).fill("OPTIONS"));
});
