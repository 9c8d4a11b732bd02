/** Names of the configuration and names of peers: slow ones delay nobody, and a peer has few questions open. */
import { expect, test } from "bun:test";
import { SipNames } from "../../../actors/sip/names.ts";
import { createClock } from "../../../replay/clock.ts";

function names() {
  const clock = createClock();
  const asked: string[] = [];
  const answers = new Map<string, (addresses: readonly string[]) => void>();
  const it = new SipNames({
    clock,
    configured: ["proxy.example"],
    resolve: async () => ["192.0.2.2"],
    resolvePeer: (host) => {
      asked.push(host);
      return new Promise((resolve) => void answers.set(host, resolve));
    },
  });
  const told: string[] = [];
  const find = (host: string, peer?: string): void =>
    it.find(host, peer, (found) => void told.push(`${host} ${found.join(" ")}`.trim()));
  return { clock, asked, answers, told, find };
}

// proves: G3
test("a peer that names 40 slow hosts has eight questions open; the others are not found, and the next are once one is answered", async () => {
  const { clock, asked, answers, told, find } = names();
  for (let at = 0; at < 40; at++) find(`slow${at}`, "peer");
  await clock.advance(1);
  expect([asked.length, told.length, told[0]]).toEqual([8, 32, "slow8"]);
  answers.get("slow3")?.(["192.0.2.77"]);
  await clock.advance(1);
  find("next", "peer");
  await clock.advance(1);
  expect([told.at(-1), asked.at(-1)]).toEqual(["slow3 192.0.2.77", "next"]);
});

// proves: G3
test("slow names of one peer delay neither another peer's nor the proxy's", async () => {
  const { clock, answers, told, find } = names();
  for (let at = 0; at < 8; at++) find(`slow${at}`, "peer");
  find("pbx", "another");
  find("proxy.example");
  find("Proxy.Example", "peer");
  await clock.advance(1);
  answers.get("pbx")?.(["192.0.2.9"]);
  await clock.advance(1);
  expect(told).toEqual(["proxy.example 192.0.2.2", "Proxy.Example 192.0.2.2", "pbx 192.0.2.9"]);
});

// proves: G3
test("the proxy's name is renewed before it is old, and no request waits for it though the name server does not answer any more", async () => {
  const clock = createClock();
  let asked = 0;
  const it = new SipNames({
    clock,
    configured: ["proxy.example"],
    resolve: () => (asked++ === 0 ? Promise.resolve(["192.0.2.2"]) : new Promise(() => {})),
    resolvePeer: async () => [],
  });
  it.find("proxy.example", undefined, () => {});
  await clock.advance(1);
  const waits: string[] = [];
  for (let second = 0; second < 600; second++) {
    await clock.advance(1_000);
    let isFound = false;
    it.find("proxy.example", undefined, ([host]) => {
      isFound = host === "192.0.2.2";
    });
    if (!isFound) waits.push(`${second} s`);
  }
  it.stop();
  expect([waits, asked > 1, clock.armed]).toEqual([[], true, 0]);
});

// proves: G3
test("a thousand names of peers do not drive the proxy's out of what is known", async () => {
  const { clock, asked, answers, told, find } = names();
  find("proxy.example");
  for (let at = 0; at < 1_100; at++) {
    find(`pbx${at}`, `peer${at}`);
    await clock.advance(0);
    answers.get(`pbx${at}`)?.(["192.0.2.9"]);
    await clock.advance(0);
  }
  told.length = 0;
  find("proxy.example");
  expect([told, asked.length]).toEqual([["proxy.example 192.0.2.2"], 1_100]);
});
