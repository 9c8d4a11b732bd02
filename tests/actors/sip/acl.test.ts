/** Who may begin calls over SIP: `[sip] allow`: the proxy, all its addresses again and again, and networks. */
import { expect, test } from "bun:test";
import { SipAcl } from "../../../actors/sip/acl.ts";
import { createClock } from "../../../replay/clock.ts";

async function allow(networks: readonly string[], ...answers: (readonly string[] | "no answer")[]) {
  const clock = createClock();
  const asked: string[] = [];
  const it = new SipAcl({
    clock,
    networks,
    proxyHost: "proxy.example",
    resolve: (host) => {
      asked.push(host);
      const answer = answers.shift() ?? "no answer";
      return answer === "no answer" ? Promise.reject(new Error("EAI_AGAIN")) : Promise.resolve(answer);
    },
  });
  await it.start();
  const allowed = (...hosts: string[]): string[] => hosts.filter((host) => it.allows(host));
  return { it, clock, asked, allowed };
}

// proves: S37
test("the networks may, whatever becomes of the proxy's name", async () => {
  const { allowed } = await allow(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "fe80::9"], "no answer");
  const may = ["10.9.9.9", "::ffff:10.1.1.1", "192.0.2.7"];
  const v6 = ["2001:db8:1::1", "fe80::9"];
  expect(allowed(...may, ...v6)).toEqual([...may, ...v6]);
  expect(allowed("11.0.0.1", "192.0.2.8", "192.0.2.6", "2001:db9::1", "fe80::8", "proxy.example", "")).toEqual([]);
});

// proves: S37
test("loopback may not, unless it is the proxy or named", async () => {
  const { allowed } = await allow([], ["192.0.2.1"]);
  expect(allowed("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1")).toEqual([]);
  expect((await allow(["127.0.0.0/8", "::1"], ["192.0.2.1"])).allowed("127.0.0.1", "127.8.8.8", "::1")).toHaveLength(3);
  expect((await allow([], ["127.0.0.1", "::1"])).allowed("127.0.0.1", "127.8.8.8", "::1")).toEqual([
    "127.0.0.1",
    "::1",
  ]);
});

// proves: S37
test("a proxy configured by its address is known before any look-up", () => {
  const it = new SipAcl({ clock: createClock(), networks: [], proxyHost: "127.0.0.1", resolve: async () => [] });
  expect([it.allows("127.0.0.1"), it.allows("::ffff:127.0.0.1"), it.allows("127.0.0.2")]).toEqual([true, true, false]);
});

// proves: S37
test("all addresses of the proxy may, in whatever form they come", async () => {
  const { allowed } = await allow([], ["192.0.2.1", "2001:db8::1"]);
  const proxy = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8:0::1"];
  expect(allowed(...proxy, "192.0.2.2")).toEqual(proxy);
});

// proves: S37
test("the proxy is looked up every minute, and may from its new addresses, and for ten minutes from those before", async () => {
  const { it, clock, asked, allowed } = await allow([], ["192.0.2.1"], ...Array(11).fill(["192.0.2.2"]));
  await clock.advance(59_000);
  expect([asked.length, allowed("192.0.2.1", "192.0.2.2")]).toEqual([1, ["192.0.2.1"]]);
  await clock.advance(1_000);
  expect([asked.length, allowed("192.0.2.1", "192.0.2.2")]).toEqual([2, ["192.0.2.1", "192.0.2.2"]]);
  expect([it.isProxy("192.0.2.1"), it.hasBeenProxy("192.0.2.1"), it.hasBeenProxy("192.0.2.9")]).toEqual([
    false,
    true,
    false,
  ]);
  await clock.advance(599_000);
  expect(allowed("192.0.2.1", "192.0.2.2")).toEqual(["192.0.2.1", "192.0.2.2"]);
  await clock.advance(1_000);
  expect([asked.length, allowed("192.0.2.1", "192.0.2.2")]).toEqual([12, ["192.0.2.2"]]);
  it.stop();
  await clock.advance(120_000);
  expect([asked.length, clock.armed]).toEqual([12, 0]);
});

// proves: S37
test("a name server that is away, or knows nothing for a while, does not take the proxy's rights", async () => {
  const { clock, allowed } = await allow([], ["192.0.2.1"], "no answer", [], ["192.0.2.2"]);
  await clock.advance(60_000);
  expect(allowed("192.0.2.1")).toEqual(["192.0.2.1"]);
  await clock.advance(60_000);
  expect(allowed("192.0.2.1")).toEqual(["192.0.2.1"]);
  await clock.advance(60_000);
  expect(allowed("192.0.2.1", "192.0.2.2")).toEqual(["192.0.2.1", "192.0.2.2"]);
});

// proves: S37
test("a proxy that moves to ever other addresses has no more than 32 of before", async () => {
  const places = Array.from({ length: 6 }, (_, at) => Array.from({ length: 20 }, (_, each) => `192.0.${at}.${each}`));
  const { it, clock, allowed } = await allow([], ...places);
  await clock.advance(5 * 60_000);
  expect(allowed(...(places[5] ?? []))).toHaveLength(20);
  expect(allowed(...places.slice(0, 5).flat())).toEqual([...(places[3]?.slice(8) ?? []), ...(places[4] ?? [])]);
  it.stop();
});

// proves: S37
test("a proxy that is not known yet is looked up every five seconds, and may as soon as it is", async () => {
  const { clock, asked, allowed } = await allow([], "no answer", "no answer", ["192.0.2.1"]);
  await clock.advance(5_000);
  expect([asked.length, allowed("192.0.2.1")]).toEqual([2, []]);
  await clock.advance(5_000);
  expect([asked.length, allowed("192.0.2.1")]).toEqual([3, ["192.0.2.1"]]);
});

test("a stop in the middle of a look-up leaves nothing to come", async () => {
  const clock = createClock();
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const it = new SipAcl({ clock, networks: [], proxyHost: "proxy.example", resolve: () => promise });
  const started = it.start();
  it.stop();
  resolve(["192.0.2.1"]);
  await started;
  expect(clock.armed).toBe(0);
});
