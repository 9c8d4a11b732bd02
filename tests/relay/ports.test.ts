/** Ports out of a range: pairs, ports in use, and the end of them. */
import { expect, test } from "bun:test";
import { Ports } from "../../relay/ports.ts";
import type { OpenDatagrams } from "../../transports/transport.ts";

const HERE = "192.0.2.14";
const nothing = (): void => {};

/** A machine on which these ports are in use. */
function machine(inUse: readonly number[] = []) {
  const open = new Set(inUse);
  const openUdp: OpenDatagrams = async (at) => {
    if (open.has(at.port)) throw Object.assign(new Error("in use"), { code: "EADDRINUSE" });
    open.add(at.port);
    return { local: at, send: nothing, close: async () => void open.delete(at.port) };
  };
  return { open, openUdp };
}

// proves: V19
test("RTP is even and RTCP the next; a port in use is passed over, and its other half is given back", async () => {
  const { open, openUdp } = machine([30_003]);
  const ports = new Ports(openUdp, { first: 30_001, last: 30_008 }, () => 0);
  const pair = await ports.pair(HERE, nothing, nothing);
  expect(pair.map(({ local }) => local.port)).toEqual([30_004, 30_005]);
  expect(open.has(30_002)).toBe(false);
  expect((await ports.one(HERE, nothing)).local.port).toBe(30_006);
});

// proves: V19
test("when there are none left, that is told; a port that is freed is taken again", async () => {
  const { openUdp } = machine();
  const ports = new Ports(openUdp, { first: 30_000, last: 30_003 }, () => 0.9);
  const [first] = [await ports.one(HERE, nothing), await ports.one(HERE, nothing)];
  expect(first.local.port).toBe(30_002);
  await expect(ports.one(HERE, nothing)).rejects.toThrow("no ports are left");
  await first.close();
  expect((await ports.one(HERE, nothing)).local.port).toBe(30_002);
});

test("an address that is not this machine's is told at once", async () => {
  const open: OpenDatagrams = () => Promise.reject(new Error("EADDRNOTAVAIL"));
  const ports = new Ports(open, { first: 30_000, last: 30_999 }, () => 0);
  await expect(ports.pair(HERE, nothing, nothing)).rejects.toThrow("no socket: EADDRNOTAVAIL");
});
