/** Whoever sends without end, by datagrams or on a stream, leaves turns of the event loop to all else; what has come is whole and in order. */
import { expect, test } from "bun:test";
import { connect } from "node:net";
import { DatagramTurns } from "../../transports/datagram-turns.ts";
import { listenTcp } from "../../transports/tcp.ts";

const HERE = "127.0.0.1";
const FROM = { host: HERE, port: 5060 };
/** Milliseconds of a turn that datagrams take. */
const SLICE = 20;
/** Datagrams that wait. */
const MOST = 4_096;

/** Takes so many milliseconds. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

// proves: G29
test("datagrams that come all at once are passed on in turns, in order, and none is lost", async () => {
  const heard: number[] = [];
  const turns = new DatagramTurns({
    received: ([number = 0]) => {
      heard.push(number);
      work(1);
    },
    failed: () => {},
  });
  for (let each = 0; each < 200; each++) turns.received(new Uint8Array([each]), FROM);
  expect(heard.length).toBeLessThan(SLICE * 2);
  let most = 0;
  for (let before = heard.length; heard.length < 200; before = heard.length) {
    await turn();
    most = Math.max(most, heard.length - before);
  }
  expect(most).toBeLessThanOrEqual(SLICE);
  expect(heard).toEqual(Array.from({ length: 200 }, (_, each) => each));
});

// proves: G29
test("of a flood that no turn ends, so many wait, and the others are counted", async () => {
  /** How many of a flood are heard at once, and how many are dropped. */
  const flood = async (count: number, bytes: number): Promise<{ heard: number; dropped: number }> => {
    const seen = { heard: 0, dropped: 0 };
    const turns = new DatagramTurns({
      received: () => {
        seen.heard++;
        work(SLICE);
      },
      failed: () => {},
      overrun: (many) => {
        seen.dropped += many;
      },
    });
    for (let each = 0; each < count; each++) turns.received(new Uint8Array(bytes), FROM);
    const { heard } = seen;
    await turn();
    turns.stop();
    return { heard, dropped: seen.dropped };
  };
  const small = await flood(3 * MOST, 100);
  expect([small.heard + MOST + small.dropped, small.heard < 20]).toEqual([3 * MOST, true]);
  const large = await flood(100, 1_000_000);
  expect([large.heard + 4 + large.dropped, large.heard < 20]).toEqual([100, true]);
});

test("a socket that is closed passes nothing on", async () => {
  let heard = 0;
  const turns = new DatagramTurns({
    received: () => {
      heard++;
      work(SLICE);
    },
    failed: () => {},
  });
  for (let each = 0; each < 100; each++) turns.received(new Uint8Array(1), FROM);
  const before = heard;
  turns.stop();
  await turn();
  await turn();
  expect(heard).toBe(before);
});

// proves: G29
test.each([
  ["ends", false],
  ["is cut off", true],
])("a stream of 4 MB has 64 kB in a turn, and all of it is heard though it %s", async (_, isCut) => {
  const sent = Uint8Array.from({ length: 4_000_000 }, (_, at) => at * 7 + (at >> 8));
  const heard: Uint8Array[] = [];
  let [most, inTurn, isOver] = [0, 0, false];
  const { promise, resolve } = Promise.withResolvers<void>();
  const received = (bytes: Uint8Array): void => {
    heard.push(bytes);
    inTurn += bytes.length;
    work(1);
  };
  const closed = (): void => {
    isOver = true;
    resolve();
  };
  const listener = await listenTcp({ host: HERE, port: 0 }, () => ({ received, closed }));
  const socket = connect(listener.local.port, HERE, () => {
    socket.write(sent, () => (isCut ? socket.destroy() : socket.end()));
  });
  while (!isOver) {
    await turn();
    most = Math.max(most, inTurn);
    inTurn = 0;
  }
  await promise;
  expect(most).toBe(65_536);
  expect(Buffer.compare(Buffer.concat(heard), sent)).toBe(0);
  await listener.close();
});
