/** Two hundred whole calls with SIPp that loses every fifth message, in both directions. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { systemClock } from "../../actors/clock.ts";
import type { Destination } from "../../protocol/sip.ts";
import { connectTcp, listenTcp } from "../../transports/tcp.ts";
import { openUdp } from "../../transports/udp.ts";
import { makeStack, placeCall, type TestStack } from "../support/sip.ts";
import { noSipp, startSipp } from "../support/sipp.ts";

const title = (name: string): string => (noSipp === undefined ? name : `${name} (left out: ${noSipp})`);
const CALLS = 200;
let stack: TestStack;

beforeEach(async () => {
  stack = makeStack({ clock: systemClock, open: { udp: openUdp, listen: listenTcp, connect: connectTcp } });
  await stack.sip.start();
});
afterEach(() => stack.sip.stop());

test.skipIf(noSipp !== undefined)(
  title("200 of 200 calls from SIPp are answered and ended at 20 % loss"),
  async () => {
    const options = ["-t", "u1", "-m", `${CALLS}`, "-r", "200", "-l", `${CALLS}`, "-lost", "20"];
    const { code, screen } = await startSipp("caller.xml", [`127.0.0.1:${stack.sip.port}`, ...options]).ended;
    expect(code, screen).toBe(0);
    const count = (word: string): number => stack.heard.words.filter((each) => each === word).length;
    expect([count("INVITE"), count("BYE")]).toEqual([CALLS, CALLS]);
    // SIPp acknowledges no more once it has hung up, whoever still repeats a 200.
    expect(count("acknowledged")).toBeGreaterThan(0.9 * CALLS);
  },
  90_000,
);

test.skipIf(noSipp !== undefined)(
  title("200 of 200 calls to SIPp are answered and ended at 20 % loss"),
  async () => {
    const port = await freePort();
    const sipp = startSipp("phone.xml", ["-p", `${port}`, "-t", "u1", "-lost", "20"]);
    try {
      const to: Destination = { transport: "udp", host: "127.0.0.1", port };
      await placeCall(stack.sip, to, "first"); // SIPp listens, once this has been answered
      const calls = Array.from({ length: CALLS }, (_, index) => placeCall(stack.sip, to, `call-${index}`));
      const results = await Promise.all(calls);
      expect(results.filter(({ answered }) => answered)).toHaveLength(CALLS);
      expect(results.filter(({ hungUp }) => hungUp)).toHaveLength(CALLS);
    } finally {
      sipp.kill();
      await sipp.ended;
    }
  },
  90_000,
);

async function freePort(): Promise<number> {
  const socket = await openUdp({ host: "127.0.0.1", port: 0 }, { received: () => {}, failed: () => {} });
  await socket.close();
  return socket.local.port;
}
