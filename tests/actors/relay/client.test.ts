/** A relay that answers what it should not: garbage, too much, under another's cookie, twice, late; what was asked is settled once, and nothing is left. */
import { expect, test } from "bun:test";
import { RelayClient, RelayFailure } from "../../../actors/relay/client.ts";
import { writeBencode } from "../../../protocol/bencode.ts";
import { createClock } from "../../../replay/clock.ts";
import { createWire } from "../../../replay/wire.ts";
import type { Address } from "../../../transports/transport.ts";

const AT = { host: "192.0.2.14", port: 2223 };
const ok = (more = {}): Uint8Array => writeBencode({ result: "ok", ...more });

/** A client of a relay that says these bytes, behind the cookie or bare, to each command but pings. */
async function start(say: (cookie: string) => readonly Uint8Array[], delay = 0) {
  const clock = createClock();
  const wire = createWire(clock);
  let asked = 0;
  const socket = await wire.openUdp(AT, {
    failed: () => {},
    received: (bytes: Uint8Array, from: Address) => {
      const text = Buffer.from(bytes).toString("latin1");
      const [cookie = ""] = text.split(" ", 1);
      const isPing = text.includes("4:ping");
      if (!isPing) asked++;
      const answers = isPing ? [behind(cookie, writeBencode({ result: "pong" }))] : say(cookie);
      clock.after(isPing ? 0 : delay, () => {
        for (const each of answers) socket.send(each, from);
      });
    },
  });
  let count = 0;
  const client = new RelayClient({
    ...{ clock, openUdp: wire.openUdp, at: AT, log: () => {}, came: () => {} },
    random: () => `cookie${++count}`,
  });
  client.start();
  await clock.advance(10);
  const settled: unknown[] = [];
  const ask = async (): Promise<void> => {
    client.ask("offer", { sdp: "v=0" }).then(
      (answer) => settled.push(answer),
      (error: unknown) => settled.push(error),
    );
    await clock.advance(2_000);
  };
  return { ask, settled, client, clock, asked: () => asked };
}

const behind = (cookie: string, bytes: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([Buffer.from(`${cookie} `), bytes]));

// proves: V10
test.each<readonly [string, (cookie: string) => readonly Uint8Array[]]>([
  ["bytes that are nothing", () => [Buffer.from([0, 255, 1, 2, 3])]],
  ["no bytes", () => [new Uint8Array()]],
  ["the cookie alone", (cookie) => [Buffer.from(cookie)]],
  ["bencode that ends before its end", (cookie) => [behind(cookie, Buffer.from("d6:result2:o"))]],
  ["a list", (cookie) => [behind(cookie, Buffer.from("le"))]],
  ["a number", (cookie) => [behind(cookie, Buffer.from("i1e"))]],
  [
    "lists in lists, ten thousand deep",
    (cookie) => [behind(cookie, Buffer.from("l".repeat(10_000) + "e".repeat(10_000)))],
  ],
  ["a length that nothing has", (cookie) => [behind(cookie, Buffer.from("d6:result999999999999:ok"))]],
  ["another's cookie", () => [behind("cookie999", ok())]],
  ["the cookie of the ping before", () => [behind("cookie1", ok())]],
])("%s: passed over, asked three times, and a failure in the end", async (_, say) => {
  const { ask, settled, asked, client } = await start(say);
  await ask();
  expect(settled).toEqual([expect.any(RelayFailure)]);
  expect(asked()).toBe(3);
  // it answers pings: what one command does not get is no outage
  expect(client.state).toBe("up");
  client.stop();
});

// proves: V10
test("a right answer among them, twice, is one", async () => {
  const { ask, settled, asked, client } = await start((cookie) => [
    Buffer.from("nothing"),
    behind("cookie999", ok({ sdp: "not this" })),
    behind(cookie, ok({ sdp: "this" })),
    behind(cookie, ok({ sdp: "not this either" })),
  ]);
  await ask();
  expect(settled).toEqual([{ result: "ok", sdp: "this" }]);
  expect(asked()).toBe(1);
  client.stop();
});

// proves: V10
test("60 kB of an SDP and an error of 60 kB are taken; of the error 200 letters are kept", async () => {
  const huge = "a".repeat(60_000);
  const one = await start((cookie) => [behind(cookie, ok({ sdp: huge }))]);
  await one.ask();
  expect(one.settled).toEqual([{ result: "ok", sdp: huge }]);
  one.client.stop();
  const other = await start((cookie) => [behind(cookie, writeBencode({ result: "error", "error-reason": huge }))]);
  await other.ask();
  expect(String(other.settled[0]).length).toBeLessThan(300);
  other.client.stop();
});

// proves: V9
test("a late answer only shows that the relay is up", async () => {
  const { ask, settled, client, clock } = await start((cookie) => [behind(cookie, ok())], 3_000);
  await ask();
  expect(settled).toEqual([expect.any(RelayFailure)]);
  await clock.advance(5_000);
  expect(settled.length).toBe(1);
  expect(client.state).toBe("up");
  client.stop();
});
