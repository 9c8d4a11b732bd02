/**
 * One user against all others, through real Prosody at the gateway as a process: fifty calls at once, proposals, two thousand refusals, a journal
 * and a set of calls that are used up, numbers that nobody may dial. Others call meanwhile, an emergency call gets through, and each share is
 * given back.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Device } from "../support/device.ts";
import { answerOf, GATEWAY, GuestWorld, OFFER, OFFER_SDP } from "../support/guests.ts";
import { COMPONENT, DOMAIN, noProsody } from "../support/prosody.ts";
import { until } from "../support/until.ts";

const SHARE = 5;
const ALL = 8;
const TOKEN = "0123456789abcdef";
const OVER = "<reason><cancel/></reason>";
const BOB = `bob@${COMPONENT}`;

const seldom = `
[dial]
country = "49"
area = "89"
calls_per_user = 0
calls_per_hour = 0
rules = [{ to = "112", trunk = "proxy" }, { to = "+49900" }, { to = "+49", trunk = "proxy" }, { to = "bob", trunk = "proxy" }, { to = "moved", trunk = "proxy" }]
`;

describe.skipIf(noProsody !== undefined)(
  `one user against all others${noProsody ? ` (left out: ${noProsody})` : ""}`,
  () => {
    let world: GuestWorld;
    let mallory: Device;
    let juliet: Device;
    /** Their request lines. */
    const invites: string[] = [];

    beforeAll(async () => {
      world = await GuestWorld.start({
        users: ["juliet", "mallory"],
        calls: `per_user = ${SHARE}\nper_minute = 3000\nmax_calls = ${ALL}`,
        more: seldom,
        web: `journal = 0.25\ntoken = "${TOKEN}"`,
      });
      rings().catch(() => {}); // until nothing rings any more
      [juliet, mallory] = [await world.device("juliet"), await world.device("mallory")];
    }, 120_000);
    afterAll(() => world?.stop());

    const calls = (who: Device, sid: string, whom = BOB): Promise<string> =>
      answerOf(who.say(whom, "session-initiate", sid, OFFER));
    const leaves = (who: Device, sid: string, whom = BOB): Promise<string> =>
      answerOf(who.say(whom, "session-terminate", sid, OVER));
    /** The proxy rings for each INVITE, and obeys each CANCEL. */
    const rings = async (): Promise<void> => {
      const { proxy } = world;
      for (;;) {
        const text = await proxy.heard.next((each) => /^(?:INVITE|CANCEL)/.test(each));
        const isInvite = text.startsWith("INVITE");
        if (isInvite) invites.push(text.slice(0, text.indexOf("\r\n")));
        const moved = "302 Moved\r\nContact: <sip:0900123456@127.0.0.7>, <sip:+49900123456@pbx.example>, <tel:112>";
        if (isInvite && text.includes("sip:moved@")) proxy.replies(text, moved);
        else proxy.replies(text, isInvite ? "180 Ringing" : "200 OK");
        if (text.startsWith("CANCEL")) proxy.replies(text, "487 Request Terminated", "INVITE");
      }
    };
    const live = async (): Promise<number> =>
      ((await (await world.gateway.health()).json()) as { calls: number }).calls;
    const noCalls = () => until("no calls", live, (count) => count === 0);
    const journal = async (q: string): Promise<{ total: number }> => {
      const url = `http://127.0.0.1:${world.gateway.webPort}/api/calls?q=${q}`;
      return (await (await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } })).json()) as { total: number };
    };

    // proves: H1, H4, A31
    test("fifty calls: five are made, the rest are resource-constraint, and another user calls; so does who needs help, when nobody else can", async () => {
      expect(await calls(juliet, "mine")).toBe("result");
      const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => calls(mallory, `m${at}`)));
      expect(answers.filter((each) => each === "result")).toHaveLength(SHARE);
      expect(answers.filter((each) => each === "resource-constraint")).toHaveLength(50 - SHARE);
      expect(await calls(juliet, "second")).toBe("result");
      expect(await calls(juliet, "third")).toBe("result");
      expect(await live()).toBe(ALL);
      expect(await calls(juliet, "fourth")).toBe("resource-constraint");
      const help = `112@${COMPONENT}`;
      expect(await calls(mallory, "help", help)).toBe("result");
      expect(await calls(juliet, "help", help)).toBe("result");
      for (const at of answers.keys()) if (answers[at] === "result") await leaves(mallory, `m${at}`);
      for (const sid of ["mine", "second", "third"]) await leaves(juliet, sid);
      for (const who of [mallory, juliet]) await leaves(who, "help", help);
      await noCalls();
      expect(await calls(mallory, "again")).toBe("result");
      await leaves(mallory, "again");
      await noCalls();
    });

    // proves: H5, H9
    test("two thousand refusals are a dozen lines; hundreds of calls push nobody else's out of the journal", async () => {
      const before = world.gateway.log().length;
      const refused = await Promise.all(
        Array.from({ length: 2_000 }, (_, at) => calls(mallory, `r${at}`, `0900123456@${COMPONENT}`)),
      );
      expect(new Set(refused)).toEqual(new Set(["not-allowed"]));
      const lines = world.gateway
        .log()
        .slice(before)
        .split("\n")
        .filter((line) => line.includes('"call.refused"'));
      expect(lines.length).toBeLessThan(15);
      const hers = (await journal("juliet")).total;
      expect(hers).toBe(4);
      for (let turn = 0; turn < 20; turn++) {
        const sids = Array.from({ length: SHARE }, (_, at) => `j${turn}-${at}`);
        expect(new Set(await Promise.all(sids.map((sid) => calls(mallory, sid))))).toEqual(new Set(["result"]));
        await Promise.all(sids.map((sid) => leaves(mallory, sid)));
        await noCalls();
      }
      await noCalls();
      expect((await journal("juliet")).total).toBe(hers);
      expect((await journal("mallory")).total).toBeLessThan(100);
    });

    // proves: A25, A26, A27
    test.each([
      "0900123456",
      "+49900123456",
      "0049900123456",
      "+49\\20(900)\\20123456",
      "0\\2f900-123456",
      "٠٩٠٠١٢٣٤٥٦",
      "0900123456;phone-context=x",
    ])("nobody dials %s, however it is written", async (number) => {
      const answer = await calls(mallory, `d${number}`, `${number}@${COMPONENT}`);
      expect(["not-allowed", "item-not-found", "jid-malformed", "bad-request"]).toContain(answer);
    });

    // proves: A28
    test("nor does a phone lead anybody there, by 302", async () => {
      expect(await calls(mallory, "moved", `moved@${COMPONENT}`)).toBe("result");
      await mallory.heard.next(({ action, jingle }) => action === "session-terminate" && jingle.attrs.sid === "moved");
      expect(invites.filter((line) => /900|112/.test(line)).map((line) => line.slice(0, 15))).toEqual(
        Array(2).fill("INVITE sip:112@"),
      );
    });

    // proves: S38
    test("no host of this machine calls, whoever it says that it is", async () => {
      const stranger = await world.guest("127.0.0.9");
      stranger.says(
        `INVITE sip:juliet@${GATEWAY}:${world.gateway.sipPort} SIP/2.0\nFrom: <sip:romeo@${DOMAIN}>;tag=r\nTo: <sip:juliet@${DOMAIN}>\nCall-ID: x1\n${stranger.contact}\n${OFFER_SDP}`,
      );
      expect(await stranger.status("INVITE")).toBe("403");
      expect(juliet.heard.rest().filter(({ action }) => action === "session-initiate")).toEqual([]);
    });
  },
);
