/**
 * Calls between two users of one server, proposed by message (XEP-0353) on both ends: out to the proxy and back, with the
 * server's module and a gateway process between each of the steps.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import type { Device } from "../support/device.ts";
import { AUDIO, hearsCarbon, hearsMessage, reasonOf, saysMessage } from "../support/jingle-messages.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { type Beyond, conditionIn, isProposed, MessagesWorld } from "./messages-world.ts";
import { reason } from "./scenarios-texts.ts";
import { hears, hearsEnd, SERVERS, sipErrorIn } from "./scenarios-world.ts";

const BEYOND: readonly Beyond[] = ["a B2BUA", "the gateway itself"];
const WAYS = SERVERS.flatMap((kind) => BEYOND.map((beyond) => ({ kind, beyond })));

for (const { kind, beyond } of WAYS)
  describe.skipIf(kind.missing !== undefined)(
    `proposed by way of ${beyond}, on ${kind.name}${kind.missing ? ` (left out: ${kind.missing})` : ""}`,
    () => {
      let world: MessagesWorld;
      let juliet: Device;
      let balcony: Device;
      let romeo: Device;
      let orchard: Device;

      beforeAll(async () => {
        world = await MessagesWorld.start(kind, beyond);
        juliet = await world.device("juliet/desk");
        balcony = await world.device("juliet/balcony");
        romeo = await world.device("romeo/desk");
        orchard = await world.device("romeo/orchard");
      }, 120_000);
      afterAll(() => world?.stop());

      /** Juliet proposes to romeo, goes on as she is told, and both of his devices are proposed the call. */
      const calls = async (sid: string) => {
        const us = `${world.bare("romeo")}/sip`;
        await saysMessage(juliet, world.bare("romeo"), "propose", sid, AUDIO);
        expect((await hearsMessage(juliet, "ringing", sid)).attrs.from).toBe(us);
        expect((await hearsMessage(juliet, "proceed", sid)).attrs.from).toBe(us);
        await juliet.say(us, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
        const proposed = await isProposed(romeo);
        expect(await isProposed(orchard)).toEqual(proposed);
        expect(proposed.from).toBe(`${world.bare("juliet")}/sip`);
        expect((await hears(juliet, "session-info", sid)).from).toBe(us);
        return { us, ...proposed };
      };
      const talk = async (sid: string) => {
        const call = await calls(sid);
        for (const device of [romeo, orchard]) await saysMessage(device, call.from, "ringing", call.id);
        await saysMessage(romeo, call.from, "proceed", call.id);
        await hearsCarbon(orchard, "proceed", call.id);
        expect((await hears(romeo, "session-initiate", call.id)).from).toBe(call.from);
        await romeo.say(call.from, "session-accept", call.id, PLAY_TEXTS["answer-contents"]);
        expect((await hears(juliet, "session-accept", sid)).from).toBe(call.us);
        return call;
      };
      const rests = async () =>
        Object.fromEntries(
          await Promise.all(
            Object.entries({ juliet, balcony, romeo, orchard }).map(async ([name, device]) => [
              name,
              await world.restOf(device),
            ]),
          ),
        );
      /** What the devices overhear of a call by carbons, when whoever was told something has taken it out. */
      const OVERHEARD = ["received finish", "received proceed", "received ringing", "sent propose"];

      // proves: P19
      test("one of his devices takes it, she hangs up, and each side says that it has finished", async () => {
        const { us, from, id } = await talk("b1");
        expect(id === "b1").toBe(beyond === "the gateway itself");
        await juliet.say(us, "session-terminate", "b1", reason("success"));
        expect(await hearsEnd(romeo, id)).toBe("success");
        await saysMessage(juliet, us, "finish", "b1", reasonOf("success"));
        await saysMessage(romeo, from, "finish", id, reasonOf("success"));
        for (const [device, call] of [
          [juliet, "b1"],
          [romeo, id],
        ] as const)
          expect(conditionIn(await hearsMessage(device, "finish", call))).toBe("success");
        await hearsCarbon(balcony, "finish", "b1");
        await hearsCarbon(orchard, "finish", id);
        expect(await rests()).toEqual({
          juliet: [],
          balcony: OVERHEARD,
          romeo: ["sent ringing"],
          orchard: ["received finish", "sent ringing"],
        });
      }, 120_000);

      // proves: P19
      test("he hangs up", async () => {
        const { from, id } = await talk("b2");
        await romeo.say(from, "session-terminate", id, reason("success"));
        expect(await hearsEnd(juliet, "b2")).toBe("success");
        for (const device of [juliet, romeo]) await hearsMessage(device, "finish");
        expect(await rests()).toMatchObject({ juliet: [], balcony: OVERHEARD });
      }, 120_000);

      // proves: P19
      test("one of his devices rejects: she hears decline, the other device overhears it", async () => {
        const { from, id } = await calls("b3");
        await saysMessage(orchard, from, "reject", id, reasonOf("busy"));
        await hearsCarbon(romeo, "reject", id);
        expect(await hearsEnd(juliet, "b3")).toBe("decline");
        expect(conditionIn(await hearsMessage(juliet, "finish", "b3"))).toBe("decline");
        expect(await rests()).toEqual({ juliet: [], balcony: OVERHEARD, romeo: [], orchard: [] });
      }, 120_000);

      // proves: P19
      test.each([
        [
          "by retract, as Dino does",
          "b4",
          (us: string) => saysMessage(juliet, us, "retract", "b4", reasonOf("cancel")),
        ],
        ["by session-terminate", "b5", (us: string) => juliet.say(us, "session-terminate", "b5", reason("cancel"))],
      ])(
        "she gives up while it rings, %s: his devices are told",
        async (_, sid, givesUp) => {
          const { us, id } = await calls(sid);
          await givesUp(us);
          for (const device of [romeo, orchard])
            expect(conditionIn(await hearsMessage(device, "retract", id))).toBe("cancel");
          expect(conditionIn(await hearsMessage(juliet, "finish", sid))).toBe("cancel");
          expect(await rests()).toMatchObject({ juliet: [], romeo: [], orchard: [] });
        },
        120_000,
      );

      // proves: P19
      test("both propose at once: each call goes its way, and neither is taken for the other", async () => {
        const toRomeo = await calls("b6");
        await saysMessage(romeo, world.bare("juliet"), "propose", "b7", AUDIO);
        const us = `${world.bare("juliet")}/sip`;
        expect((await hearsMessage(romeo, "proceed", "b7")).attrs.from).toBe(us);
        await romeo.say(us, "session-initiate", "b7", PLAY_TEXTS["offer-contents"]);
        const toJuliet = await isProposed(juliet);
        expect(toJuliet.from).toBe(`${world.bare("romeo")}/sip`);
        await saysMessage(romeo, toRomeo.from, "reject", toRomeo.id, reasonOf("busy"));
        expect(await hearsEnd(juliet, "b6")).toBe("decline");
        await saysMessage(juliet, toJuliet.from, "reject", toJuliet.id, reasonOf("busy"));
        expect(await hearsEnd(romeo, "b7")).toBe("decline");
        await rests();
      }, 120_000);

      // proves: P19
      test("a user whom nobody has seen: she is told to go on, and the session ends with 480", async () => {
        const us = `${world.bare("tybalt")}/sip`;
        await saysMessage(juliet, world.bare("tybalt"), "propose", "b8", AUDIO);
        await hearsMessage(juliet, "proceed", "b8");
        await juliet.say(us, "session-initiate", "b8", PLAY_TEXTS["offer-contents"]);
        expect(sipErrorIn((await hears(juliet, "session-terminate", "b8")).jingle)).toBe("480");
        await hearsMessage(juliet, "finish", "b8");
        await rests();
      }, 120_000);

      // proves: P20
      test("chat is no call, and what a device says to the own account neither: both go the usual way", async () => {
        const to = world.bare("romeo");
        await juliet.send(xml("message", { to, type: "chat", id: "chat" }, xml("body", {}, "hello")));
        await saysMessage(juliet, world.bare("juliet"), "accept", "b9");
        const chat = await romeo.messages.next((message) => message.getChild("body") !== undefined, "the chat");
        expect([chat.attrs.from, chat.attrs.id, chat.getChildText("body")]).toEqual([juliet.jid, "chat", "hello"]);
        expect((await hearsMessage(balcony, "accept", "b9")).attrs.from).toBe(juliet.jid);
        await rests();
      }, 120_000);
    },
  );
