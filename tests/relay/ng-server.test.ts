/** The server of the ng protocol, over a network in memory: commands that are lost, late, doubled or no commands. */
import { expect, test } from "bun:test";
import { RelayClient } from "../../actors/relay/client.ts";
import { type Bencodes, writeBencode } from "../../protocol/bencode.ts";
import { NgServer } from "../../relay/ng-server.ts";
import { createClock } from "../../replay/clock.ts";
import { createWire, type Knobs } from "../../replay/wire.ts";

const AT = { host: "192.0.2.14", port: 2223 };

/** A server whose commands take `takes` ms, and a client of it. */
async function start(knobs: Knobs = {}, takes = 0) {
  const clock = createClock();
  const wire = createWire(clock, knobs);
  const done: Bencodes[] = [];
  const perform = (command: Bencodes): Promise<Bencodes> =>
    new Promise((resolve) => {
      done.push(command);
      const number = done.length;
      clock.after(takes, () => resolve({ result: "ok", number }));
    });
  const server = new NgServer({ at: AT, open: wire.openUdp, clock, perform, failed: () => {} });
  await server.start();
  let cookies = 0;
  const random = (): string => `cookie${++cookies}`;
  const client = new RelayClient({ clock, random, openUdp: wire.openUdp, log: () => {}, at: AT, came: () => {} });
  const heard: string[] = [];
  const raw = await wire.openUdp(
    { host: "192.0.2.2", port: 0 },
    { received: (bytes) => heard.push(Buffer.from(bytes).toString()), failed: () => {} },
  );
  const say = (text: string | Uint8Array): void => raw.send(Buffer.from(text as string), AT);
  return { clock, done, client, heard, say };
}

const PING = Buffer.from(writeBencode({ command: "ping" })).toString();

// proves: V14
test("a command that comes again is answered alike, and not done twice", async () => {
  const { clock, done, heard, say } = await start();
  for (let times = 0; times < 3; times++) {
    say(`same ${PING}`);
    await clock.advance(100);
  }
  expect(heard).toEqual(Array(3).fill("same d6:numberi1e6:result2:oke"));
  expect(done).toHaveLength(1);
  say(`other ${PING}`);
  await clock.advance(100);
  expect(heard.at(-1)).toBe("other d6:numberi2e6:result2:oke");
});

// proves: V14
test("so is one that comes again while the first is at work, and after ten seconds it is another", async () => {
  const { clock, done, heard, say } = await start({}, 300);
  say(`slow ${PING}`);
  await clock.advance(100);
  say(`slow ${PING}`);
  await clock.advance(400);
  expect(heard).toEqual(Array(2).fill("slow d6:numberi1e6:result2:oke"));
  await clock.advance(10_000);
  say(`slow ${PING}`);
  await clock.advance(400);
  expect(done).toHaveLength(2);
});

// proves: V14
test("another place with the same cookie is another client", async () => {
  const { clock, done, client, say } = await start();
  const asked = client.ask("list");
  await clock.advance(100);
  expect(await asked).toEqual({ result: "ok", number: 1 });
  say(`cookie1 ${PING}`);
  await clock.advance(100);
  expect(done.map(({ command }) => command)).toEqual(["list", "ping"]);
});

// proves: V14
test("over a wire that loses a third and doubles a third, every command is done once", async () => {
  const { clock, done, client } = await start({ drop: 0.3, duplicate: 0.3, reorder: 0.3, seed: 7 });
  const asked = Array.from({ length: 20 }, () => client.ask("list").catch(() => undefined));
  await clock.advance(5_000);
  const answers = await Promise.all(asked);
  const numbers = answers.flatMap((answer) => (answer ? [answer.number] : []));
  expect(numbers.length).toBeGreaterThan(15);
  expect(new Set(numbers).size).toBe(numbers.length);
  // pings besides
  expect(done.filter(({ command }) => command === "list").length).toBeLessThanOrEqual(20);
});

test.each(["", " ", "cookie", "cookie ", "cookie i1e", "cookie le", "cookie d7:command", `${"x".repeat(129)} ${PING}`])(
  "%j is no command, and is not answered",
  async (text) => {
    const { clock, done, heard, say } = await start();
    say(text);
    await clock.advance(1_000);
    expect([done, heard]).toEqual([[], []]);
  },
);

test("no more than two thousand answers are remembered", async () => {
  const { clock, done, say } = await start();
  for (let number = 0; number < 2_101; number++) say(`c${number} ${PING}`);
  await clock.advance(100);
  say(`c2100 ${PING}`);
  say(`c0 ${PING}`);
  await clock.advance(100);
  expect(done).toHaveLength(2_102);
});

// proves: V14
test("a packet of media is no command, whatever it carries", async () => {
  const { clock, done, heard, say } = await start();
  // a phone whose SDP names this port would have a user's RTP sent here
  const rtp = [0x80, 0x08, ...Buffer.from("ABCDEFGHIJ")];
  say(Uint8Array.from([...rtp, ...Buffer.from(` ${PING}`)]));
  await clock.advance(100);
  expect(done).toEqual([]);
  expect(heard).toEqual([]);
});
