/** Whether a trunk without an account can be reached, as health, page and metrics say it: asked at the start, and again until it answers. */
import { expect, test } from "bun:test";
import { Reachability } from "../../../actors/trunks/reachability.ts";
import type { Destination } from "../../../protocol/sip/message.ts";
import { createClock } from "../../../replay/clock.ts";

const EXPIRED = "its certificate has expired";
const HOPS: Destination[] = ["192.0.2.7", "192.0.2.8"].map((host) => ({ transport: "tls", host, port: 5061 }));

/** A trunk of two places, each of which answers, or has this wrong with it. */
function looking(wrong: Record<string, string>, { isAsked = true, hops = HOPS } = {}) {
  const clock = createClock();
  const asked: string[] = [];
  const logged: object[] = [];
  const reachable = new Reachability({
    ...{ trunk: "sbc", isAsked, clock, chance: () => 1, log: (event) => void logged.push(event) },
    hops: {
      found: async () => hops,
      ask: async ({ host }) => {
        asked.push(`${clock.now() / 1_000} ${host}`);
        return wrong[host] ?? "";
      },
    },
  });
  const seen = () => [reachable.state, reachable.why];
  return { clock, reachable, asked, logged, wrong, seen };
}

// proves: K32
test("a place that answers is enough", async () => {
  const { clock, reachable, asked, seen, logged } = looking({ "192.0.2.7": EXPIRED });
  reachable.start();
  await clock.advance(3_600_000);
  expect([seen(), asked.map((each) => each.split(" ")[1]), logged]).toEqual([
    ["unregistered", ""],
    ["192.0.2.7", "192.0.2.8"],
    [],
  ]);
});

// proves: K32
test("one that cannot be reached says why, is asked again later each time, and at once after SIGHUP", async () => {
  const wrong: Record<string, string> = { "192.0.2.7": EXPIRED };
  const { clock, reachable, asked, seen, logged } = looking(wrong, { hops: HOPS.slice(0, 1) });
  const begun = clock.now() / 1_000;
  reachable.start();
  await clock.advance(3_600_000);
  expect(seen()).toEqual(["unreachable", EXPIRED]);
  const at = asked.map((each) => Number(each.split(" ")[0]) - begun);
  expect(at).toEqual([0, 30, 90, 210, 450, 930, 1_890]);
  wrong["192.0.2.7"] = "";
  reachable.reload();
  await clock.advance(0);
  expect(seen()).toEqual(["unregistered", ""]);
  expect(logged).toEqual([
    { level: "warn", event: "trunk.state", trunk: "sbc", state: "unreachable", why: EXPIRED },
    { level: "info", event: "trunk.state", trunk: "sbc", state: "unregistered" },
  ]);
  await clock.advance(7_200_000);
  expect(asked).toHaveLength(8);
});

// proves: K32
test("what a call's connection shows is news, too, though nobody asks", async () => {
  const { clock, reachable, asked, seen } = looking({}, { isAsked: false });
  reachable.start();
  reachable.noted(EXPIRED);
  expect(seen()).toEqual(["unreachable", EXPIRED]);
  await clock.advance(3_600_000);
  reachable.noted("");
  expect([seen(), asked]).toEqual([["unregistered", ""], []]);
});

// proves: K32
test("a name without an address is why, and nothing is asked after the end", async () => {
  const { clock, reachable, asked, seen } = looking({}, { hops: [] });
  reachable.start();
  await clock.advance(0);
  expect(seen()).toEqual(["unreachable", "its name does not resolve"]);
  reachable.stop();
  await clock.advance(3_600_000);
  expect(asked).toEqual([]);
});
