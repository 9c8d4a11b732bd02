/** Two hundred whole calls with SIPp, in both directions, over a wire that loses every fifth datagram. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { systemClock } from "../../actors/clock.ts";
import type { Destination } from "../../protocol/sip/message.ts";
import { connectTcp, listenTcp } from "../../transports/tcp.ts";
import { openUdp } from "../../transports/udp.ts";
import { expectLoss, openLossyWire } from "../support/lossy-wire.ts";
import { freePort } from "../support/ports.ts";
import { LOCAL, makeStack, placeCall, type TestStack } from "../support/sip.ts";
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
    const gateway = { host: LOCAL, port: stack.sip.port };
    const wire = await openLossyWire({ host: LOCAL, others: gateway }, 0.2);
    const options = ["-t", "u1", "-m", `${CALLS}`, "-r", "200", "-l", `${CALLS}`];
    const { code, screen } = await startSipp("caller.xml", [`${LOCAL}:${wire.others.port}`, ...options], wire).ended;
    expect(code, screen).toBe(0);
    const count = (word: string): number => stack.heard.words.filter((each) => each === word).length;
    expect([count("INVITE"), count("BYE")]).toEqual([CALLS, CALLS]);
    // SIPp acknowledges no more once it has hung up, whoever still repeats a 200.
    expect(count("acknowledged")).toBeGreaterThan(0.9 * CALLS);
    expectLoss(wire);
    await wire.close();
  },
  90_000,
);

test.skipIf(noSipp !== undefined)(
  title("200 of 200 calls to SIPp are answered and ended at 20 % loss"),
  async () => {
    const phone = { host: LOCAL, port: await freePort() };
    const wire = await openLossyWire({ host: LOCAL, phone }, 0.2);
    const sipp = startSipp("phone.xml", ["-p", `${phone.port}`, "-t", "u1"], wire);
    try {
      const to: Destination = { transport: "udp", ...wire.phone };
      await placeCall(stack.sip, to, "first"); // SIPp listens, once this has been answered
      const calls = Array.from({ length: CALLS }, (_, index) => placeCall(stack.sip, to, `call-${index}`));
      const results = await Promise.all(calls);
      expect(results.filter(({ answered }) => answered)).toHaveLength(CALLS);
      expect(results.filter(({ hungUp }) => hungUp)).toHaveLength(CALLS);
      expectLoss(wire);
    } finally {
      sipp.kill();
      await sipp.ended;
      await wire.close();
    }
  },
  90_000,
);
