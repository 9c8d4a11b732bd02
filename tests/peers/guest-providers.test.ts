/**
 * Providers by TLS that are hostile at each stage, at the gateway as people run it, behind real Prosody: before, in and after the handshake, as
 * registrars, and to INVITEs; one whose certificate becomes another's. All at once. None is asked without end, each call to one ends, and
 * juliet talks by the proxy meanwhile.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Authority, noOpenssl, type Pair } from "../support/certificates.ts";
import type { Device } from "../support/device.ts";
import { answerOf, GuestWorld, OFFER, SDP } from "../support/guests.ts";
import { hasLogged } from "../support/has-logged.ts";
import { HOSTILE, type Running, startHostile } from "../support/hostile-providers.ts";
import { residentMegabytes } from "../support/memory.ts";
import { COMPONENT, noProsody } from "../support/prosody.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

/** What one may be asked: connections and requests, in the half minute that a call takes at most. */
const MOST_ASKED = 30;
const MOST_GROWN = 150;
const OVER = "<reason><success/></reason>";
const numberOf = (at: number): string => `+49${100 + at}1234`;
const CHANGES = HOSTILE.length;

for (const runtime of RUNTIMES) {
  const missing = noProsody ?? noOpenssl ?? runtime.missing;
  const named = `hostile providers, on ${runtime.name}${missing ? ` (left out: ${missing})` : ""}`;
  describe.skipIf(missing !== undefined)(named, () => {
    let world: GuestWorld;
    let ours: Authority;
    let shown: Pair;
    let providers: readonly Running[] = [];
    let juliet: Device;

    beforeAll(async () => {
      ours = new Authority();
      const good = ours.sign("good", "DNS:provider.test");
      shown = good;
      providers = await Promise.all(HOSTILE.map((each) => startHostile(each, () => good)));
      const changing = await startHostile(
        { name: "shows another's certificate", opened: (stream) => void stream.end() },
        () => shown,
      );
      providers = [...providers, changing];
      const trunks = providers.map(
        ({ port }, at) => `
[trunks.t${at}]
server = "127.0.0.1:${port}"
domain = "provider.test"
transport = "tls"
ca = "${ours.ca}"
username = "620"
password = "pw"
register = true`,
      );
      const rules = providers.map((_, at) => `{ to = "+49${100 + at}", trunk = "t${at}" }`);
      const more = `[dial]\ncalls_per_user = 0\ncalls_per_hour = 0\nrules = [${rules.join(", ")}, { to = "bob", trunk = "proxy" }]\n${trunks.join("\n")}`;
      world = await GuestWorld.start({ users: ["juliet"], calls: "per_user = 0\nper_minute = 0", more, runtime });
      juliet = await world.device("juliet");
    }, 120_000);
    afterAll(async () => {
      await world?.stop();
      for (const each of providers) await each.close();
      ours?.remove();
    });

    const live = async (): Promise<number> =>
      ((await (await world.gateway.health()).json()) as { calls: number }).calls;
    const over = (sid: string) =>
      juliet.heard.next(
        ({ action, jingle }) => action === "session-terminate" && jingle.attrs.sid === sid,
        `end of ${sid}`,
      );
    const talks = async (sid: string): Promise<void> => {
      await juliet.say(`bob@${COMPONENT}`, "session-initiate", sid, OFFER);
      const invite = await world.proxy.heard.next(
        (text) => text.startsWith("INVITE") && text.includes(sid),
        `INVITE of ${sid}`,
      );
      const [, cseq = ""] = /^CSeq: (.*)\r$/m.exec(invite) ?? [];
      world.proxy.says(
        `SIP/2.0 200 OK\nTo: <sip:bob@${COMPONENT}>;tag=bob-${sid}\nCSeq: ${cseq}\n${world.proxy.contact}\n${SDP}`,
      );
      await juliet.heard.next(
        ({ action, jingle }) => action === "session-accept" && jingle.attrs.sid === sid,
        `answer to ${sid}`,
      );
      await juliet.say(`bob@${COMPONENT}`, "session-terminate", sid, OVER);
      await world.proxy.heard.next((text) => text.startsWith("BYE") && text.includes(sid), `BYE of ${sid}`);
    };

    test("each call to one ends, none is asked without end, memory stays, and juliet talks meanwhile", async () => {
      await talks("before");
      const before = residentMegabytes(world.gateway.pid);
      const sids = providers.map((_, at) => `h${at}`);
      const begun = await Promise.all(
        sids.map((sid, at) => answerOf(juliet.say(`${numberOf(at)}@${COMPONENT}`, "session-initiate", sid, OFFER))),
      );
      await talks("meanwhile");
      for (const [at, { leaves }] of HOSTILE.entries())
        if (leaves) await answerOf(juliet.say(`${numberOf(at)}@${COMPONENT}`, "session-terminate", `h${at}`, OVER));
      await Promise.all(sids.filter((_, at) => begun[at] === "result" && !HOSTILE[at]?.leaves).map(over));
      await until("no calls", live, (count) => count === 0);
      await talks("after");
      expect(
        providers.filter(({ asked }) => asked.length > MOST_ASKED).map(({ name, asked }) => [name, asked.length]),
      ).toEqual([]);
      expect(residentMegabytes(world.gateway.pid) - before).toBeLessThan(MOST_GROWN);
      expect(world.gateway.log()).not.toMatch(/"(?:sip|gateway|call)\.fault"/);
    }, 180_000);

    test("one that shows another's certificate at its next connection is not believed", async () => {
      shown = ours.sign("else", "DNS:else.test");
      await hasLogged(world.gateway, `"trunk":"t${CHANGES}"`, 120);
      await hasLogged(world.gateway, /its certificate is (?:not )?for/, 120);
    }, 180_000);
  });
}
