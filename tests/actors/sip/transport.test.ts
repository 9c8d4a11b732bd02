/**
 * Which addresses SIP must have, and leaves by: a family that the machine lacks is left out, an address that it does not have
 * is a fault, and TCP goes out from the one address that is bound.
 */
import { expect, test } from "bun:test";
import { requestOf, responseTo } from "../../../protocol/sip/build.ts";
import { createClock } from "../../../replay/clock.ts";
import { createWire } from "../../../replay/wire.ts";
import { makeStack } from "../../support/sip.ts";

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

/** A stack whose one socket can be made to fail, and not to open any more. */
async function fragile() {
  const clock = createClock();
  const wire = createWire(clock);
  const broken: string[] = [];
  const socket: { fail: (error: Error) => void; isThere: boolean } = { fail: () => {}, isThere: true };
  const udp: typeof wire.openUdp = (at, events) => {
    if (!socket.isThere) return Promise.reject(new Error("EADDRNOTAVAIL"));
    socket.fail = events.failed;
    return wire.openUdp(at, events);
  };
  const open = { udp, listen: wire.listen, connect: wire.connect };
  const needs = { clock, open, bind: ["192.0.2.1"], port: 5060, broken: (why: string) => void broken.push(why) };
  const { sip, heard } = makeStack(needs, (request, transaction) => {
    transaction.respond(responseTo(request, request.method === "INVITE" ? 180 : 200, { toTag: "phone" }));
  });
  await sip.start();
  const said: string[] = [];
  const received = (bytes: Uint8Array): void => void said.push(new TextDecoder().decode(bytes).slice(8, 11));
  const peer = await wire.openUdp({ host: "192.0.2.9", port: 5060 }, { received, failed: () => {} });
  const ask = async (method: string): Promise<void> => {
    const request = `${method} sip:x@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK${clock.now()}\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:x@192.0.2.1>\r\nCall-ID: ${clock.now()}\r\nCSeq: 1 ${method}\r\nContact: <sip:a@192.0.2.9>\r\n\r\n`;
    peer.send(new TextEncoder().encode(request), { host: "192.0.2.1", port: 5060 });
    await clock.advance(50);
  };
  const isAnswered = async (): Promise<boolean> => {
    const before = said.length;
    await ask("OPTIONS");
    return said.length > before;
  };
  return { clock, sip, socket, broken, heard, said, ask, isAnswered };
}

test("what came before a socket failed is answered over the one that was opened instead", async () => {
  const { clock, socket, heard, said, ask } = await fragile();
  await ask("INVITE");
  socket.fail(new Error("ENETDOWN"));
  const invite = heard.transactions[0];
  invite?.respond(responseTo(invite.request, 200, { toTag: "phone", headers: [["Contact", "<sip:x@192.0.2.1>"]] }));
  await clock.advance(2_000);
  expect([said[0], said.includes("200")]).toEqual(["180", true]);
});

test("a socket that fails is opened again, and the stack is not up meanwhile", async () => {
  const { clock, sip, socket, broken, isAnswered } = await fragile();
  expect(await isAnswered()).toBe(true);
  socket.fail(new Error("ENETDOWN"));
  expect([sip.up, await isAnswered()]).toEqual([false, false]);
  await clock.advance(250);
  expect([sip.up, await isAnswered(), broken]).toEqual([true, true, []]);
});

test("a socket that cannot be had again is tried ten times, later each time, and then ends the gateway", async () => {
  const { clock, sip, socket, broken } = await fragile();
  socket.isThere = false;
  socket.fail(new Error("ENETDOWN"));
  await clock.advance(60_000);
  expect([sip.up, broken]).toEqual([false, []]);
  await clock.advance(120_000);
  expect(broken).toEqual(["[sip] bind 192.0.2.1: EADDRNOTAVAIL"]);
});

test("a socket that waits to be opened again stays closed when the stack is stopped", async () => {
  const { clock, sip, socket, isAnswered } = await fragile();
  socket.fail(new Error("ENETDOWN"));
  await sip.stop();
  await clock.advance(60_000);
  expect([sip.up, await isAnswered()]).toEqual([false, false]);
});

// proves: A15
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

test.each([
  ["less than asked", 212_992, 1],
  ["as much as asked", 4_194_304, 0],
])("the system gives %s for waiting datagrams: the log says so once, for all addresses", async (_, given, lines) => {
  const clock = createClock();
  const wire = createWire(clock);
  const receiveBuffer = { asked: 4_194_304, given };
  const udp: typeof wire.openUdp = async (at, events) => ({ ...(await wire.openUdp(at, events)), receiveBuffer });
  const open = { udp, listen: wire.listen, connect: wire.connect };
  const { sip, logged } = makeStack({ clock, open, bind: ["192.0.2.1", "2001:db8::1"], port: 5060 });
  await sip.start();
  const said = logged.filter(({ event }) => event === "sip.buffer");
  expect(said).toHaveLength(lines);
  for (const line of said) {
    expect(line).toMatchObject({ level: "warn", ...receiveBuffer });
    expect(line.text).toContain("net.core.rmem_max");
  }
  await sip.stop();
});
