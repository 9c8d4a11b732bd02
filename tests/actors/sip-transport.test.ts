/**
 * Which addresses SIP must have, and leaves by: a family that the machine lacks is left out, an address that it does not have
 * is a fault, and TCP goes out from the one address that is bound.
 */
import { expect, test } from "bun:test";
import { requestOf } from "../../protocol/sip-build.ts";
import { createClock } from "../support/clock.ts";
import { makeStack } from "../support/sip.ts";
import { createWire } from "../support/wire.ts";

/** Starts a stack where one address cannot be bound. */
async function bound(bind: readonly string[], lacks: readonly string[], code: string) {
  const clock = createClock();
  const wire = createWire(clock);
  const udp: typeof wire.openUdp = (at, events) =>
    lacks.includes(at.host) ? Promise.reject(Object.assign(new Error(code), { code })) : wire.openUdp(at, events);
  const { sip, logged } = makeStack({ clock, open: { udp, listen: wire.listen, connect: wire.connect }, bind });
  const fault = await sip.start().then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return { up: sip.up, fault, words: logged.map(({ event, host }) => `${event} ${host}`) };
}

test.each(["EAFNOSUPPORT", "EADDRNOTAVAIL"])(
  "a machine without IPv6 (%s) has the rest, and a word in the log",
  async (code) => {
    expect(await bound(["0.0.0.0", "::"], ["::"], code)).toEqual({
      up: true,
      fault: undefined,
      words: ["sip.unbound ::"],
    });
  },
);

test.each(["EAFNOSUPPORT", "EADDRNOTAVAIL"])(
  "one address that cannot be had (%s) is a fault, and nothing is left open",
  async (code) => {
    const { up, fault } = await bound(["192.0.2.1", "192.0.2.77"], ["192.0.2.77"], code);
    expect([up, fault]).toEqual([false, `Error: ${code}`]);
  },
);

test("a machine with neither family cannot start", async () => {
  const { up, fault } = await bound(["0.0.0.0", "::"], ["0.0.0.0", "::"], "EAFNOSUPPORT");
  expect([up, fault]).toEqual([false, "Error: EAFNOSUPPORT"]);
});

test.each([
  ["192.0.2.1", "192.0.2.2", "192.0.2.1"],
  ["2001:db8::1", "2001:db8::2", "2001:db8::1"],
  ["0.0.0.0", "192.0.2.2", "127.0.0.1"], // the system's choice, which on this wire is loopback
])("bound to %s, a connection to %s leaves by %s", async (bind, host, from) => {
  const clock = createClock();
  const wire = createWire(clock);
  const came: string[] = [];
  const { local } = await wire.listen({ host, port: 0 }, ({ remote }) => {
    came.push(remote.host);
    return { received: () => {}, closed: () => {} };
  });
  const open = { udp: wire.openUdp, listen: wire.listen, connect: wire.connect };
  const { sip } = makeStack({ clock, open, bind: [bind] });
  await sip.start();
  const headers = [
    ["From", "<sip:a@example.org>;tag=a"],
    ["To", "<sip:b@example.org>"],
    ["Call-ID", "c"],
    ["CSeq", "1 OPTIONS"],
  ] as const;
  const request = requestOf({ method: "OPTIONS", uri: "sip:b@example.org", headers });
  sip.send(request, { transport: "tcp", ...local }, { response: () => {}, failed: () => {} });
  await clock.advance(10);
  expect(came).toEqual([from]);
});
