/** How many TLS handshakes may be open at once: of one network, and in all. */
import { expect, test } from "bun:test";
import { Socket } from "node:net";
import { Handshakes } from "../../transports/handshakes.ts";

/** A connection from there. */
function from(remoteAddress: string, remotePort: number): Socket {
  const socket = new Socket();
  for (const [name, value] of Object.entries({ remoteAddress, remotePort }))
    Object.defineProperty(socket, name, { value });
  return socket;
}

// proves: K28
test("an IPv6 network is one however many addresses it has: others shake hands meanwhile", async () => {
  const handshakes = new Handshakes();
  const one = Array.from({ length: 300 }, (_, at) => from(`2001:db8:0:1::${at.toString(16)}`, 5_000 + at));
  for (const each of one) handshakes.begin(each);
  expect(handshakes.count).toBe(20);
  const other = from("2001:db8:0:2::1", 5_000);
  handshakes.begin(other);
  expect([handshakes.count, other.destroyed]).toEqual([21, false]);
  handshakes.end(other);
  expect(handshakes.count).toBe(20);
  const closed = one.map((each) => new Promise((resolve) => each.once("close", resolve)));
  for (const each of one) each.destroy();
  await Promise.all(closed.slice(0, 20));
  expect(handshakes.count).toBe(0);
});

// proves: K28
test("of many networks there are two hundred", () => {
  const handshakes = new Handshakes();
  const all = Array.from({ length: 300 }, (_, at) => from(`198.51.${at >> 8}.${at & 255}`, 5_000));
  for (const each of all) handshakes.begin(each);
  expect(handshakes.count).toBe(200);
  for (const each of all) each.destroy();
});
