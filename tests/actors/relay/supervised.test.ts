/** The process of the own relay: started again with growing waits, and ended with the gateway. */
import { expect, test } from "bun:test";
import { type ChildProcess, Supervised } from "../../../actors/relay/supervised.ts";
import { createClock } from "../../../replay/clock.ts";

function start() {
  const clock = createClock();
  const children: { end: (why: string) => void; stopped: boolean }[] = [];
  const logged: unknown[] = [];
  const spawn = (): ChildProcess => {
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    const child = { end: resolve, stopped: false };
    children.push(child);
    const stop = (): void => {
      child.stopped = true;
      resolve("SIGKILL");
    };
    return { ended, stop };
  };
  const relay = new Supervised({ clock, log: ({ again }) => logged.push(again), start: spawn });
  relay.start();
  return { clock, children, logged, relay };
}

// proves: V21
test("a process that ends is started again, each time later, up to 30 s", async () => {
  const { clock, children, logged } = start();
  for (let times = 0; times < 8; times++) {
    children.at(-1)?.end("code 1");
    await clock.advance(30_000);
  }
  expect(logged).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30]);
  expect(children).toHaveLength(9);
});

// proves: V21
test("one that has lived for a minute is started again at once", async () => {
  const { clock, children, logged } = start();
  children.at(-1)?.end("code 1");
  await clock.advance(500);
  await clock.advance(60_000);
  children.at(-1)?.end("SIGSEGV");
  await clock.advance(499);
  expect(children).toHaveLength(2);
  await clock.advance(1);
  expect(children).toHaveLength(3);
  expect(logged).toEqual([0.5, 0.5]);
});

// proves: V21
test("it ends with the gateway, and is not started again; nor is one that waits to be", async () => {
  const { clock, children, relay } = start();
  await relay.stop();
  expect(children.map(({ stopped }) => stopped)).toEqual([true]);
  await clock.advance(60_000);
  expect(children).toHaveLength(1);
  const other = start();
  other.children[0]?.end("code 1");
  await other.clock.advance(100);
  await other.relay.stop();
  await other.clock.advance(60_000);
  expect(other.children).toHaveLength(1);
  expect(other.clock.armed).toBe(0);
});
