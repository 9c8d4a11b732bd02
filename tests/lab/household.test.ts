/** Our own relay at home, behind a router, with coturn outside: the user outside hears of the router's address, and both hear each other. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { OwnUser } from "../relay/own-user.ts";
import { until } from "../support/until.ts";
import { AT_HOME, Household, ROUTER, STUN } from "./household.ts";
import { labTitle, makeFolder, noLab } from "./lab.ts";

describe.skipIf(noLab !== undefined)(labTitle("our own relay behind a NAT"), () => {
  const household = new Household();
  beforeAll(() => household.start());
  afterAll(() => household.stop());

  // proves: V25
  test("a user outside and a phone at home hear each other", async () => {
    const user = new OwnUser(STUN.host);
    const folder = makeFolder("home");
    writeFileSync(join(folder, "offer"), await user.offer());
    const home = household.run([process.execPath, join(import.meta.dir, "at-home.ts"), join(folder, "offer")], folder);
    await home.says(/"answer"/);
    const answer = JSON.parse(/^\{"answer".*$/m.exec(home.said)?.[0] ?? "{}").answer as string;
    const candidates = [...answer.matchAll(/^a=candidate:.* udp \d+ (\S+) \d+ typ (\w+)/gm)];
    expect(candidates.map(([, ip, type]) => `${type} ${ip}`)).toEqual([`host ${AT_HOME}`, `srflx ${ROUTER}`]);
    await user.takes(answer);
    let sequence = 0;
    const both = (): boolean => {
      user.say(++sequence);
      const heard = Number(home.said.match(/\d+(?=\}\s*$)/)?.[0] ?? 0);
      return heard > 10 && user.heard.length > 10;
    };
    await until("sound both ways", both, Boolean);
    user.stop();
    await home.stop();
  });
});
