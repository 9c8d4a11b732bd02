/** The relay as a whole: what it says of its addresses, and its end. */
import { expect, test } from "bun:test";
import { systemClock } from "../../actors/clock.ts";
import { serve } from "../../relay/serve.ts";
import { openUdp } from "../../transports/udp.ts";
import { Asked, HERE, PhonePeer, UserPeer } from "./peers.ts";

async function start(outside = "") {
  const settings = {
    at: { host: HERE, port: 0 },
    ports: { first: 46_000, last: 46_999 },
    addresses: () => [HERE],
    outside,
    stun: [],
  };
  const relay = await serve(settings, {
    open: openUdp,
    clock: systemClock,
    chance: Math.random,
    log: () => {},
    resolve: async () => [],
  });
  const [asked, user, phone] = [new Asked(relay.at), new UserPeer(), new PhonePeer()];
  await phone.start();
  await asked.rewrite("1", "phone", "offer", await user.offer());
  const end = async (): Promise<void> => {
    await relay.stopped;
    asked.forget();
    phone.stop();
    await user.stop();
  };
  return { relay, asked, phone, end };
}

// proves: V21
test("asked to stop it ends when its last call has ended, and goes on until then", async () => {
  const { relay, asked, phone, end } = await start();
  let isStopped = false;
  void relay.stopped.then(() => {
    isStopped = true;
  });
  relay.stop();
  expect(await asked.rewrite("1", "user", "answer", phone.describe())).toContain("a=ice-ufrag:");
  expect(isStopped).toBe(false);
  await asked.ask("delete", { "call-id": "1" });
  await end();
});

// proves: V21
test("asked twice it ends at once", async () => {
  const { relay, end } = await start();
  relay.stop();
  relay.stop();
  await end();
});

// proves: V16
test("behind a NAT the user hears of the address outside, too, with the same port; the phone does not", async () => {
  const { relay, asked, phone, end } = await start("203.0.113.7");
  const answer = await asked.rewrite("1", "user", "answer", phone.describe());
  const [inside, outside] = [...answer.matchAll(/^a=candidate:\S+ 1 udp (\d+) (\S+) (\d+) typ host/gm)].map(
    ([, priority, ip, port]) => ({ priority: Number(priority), ip, port }),
  );
  expect([inside?.ip, outside?.ip]).toEqual([HERE, "203.0.113.7"]);
  expect(outside?.port).toBe(inside?.port);
  expect(outside?.priority).toBeLessThan(inside?.priority ?? 0);
  const offer = await asked.rewrite("1", "phone", "offer", answer);
  expect(offer).not.toContain("203.0.113.7");
  relay.stop();
  relay.stop();
  await end();
});
