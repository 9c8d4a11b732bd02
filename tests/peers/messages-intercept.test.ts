/**
 * Calls between users and phones, proposed by message (XEP-0353), where the server hands over what its users say: real
 * servers with the module, the gateway in a process of its own, a B2BUA for its proxy, and sip.js as the phone.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import { type Inviter, SessionState } from "sip.js";
import { featuresIn } from "../../protocol/caps.ts";
import { DISCO_INFO } from "../../protocol/disco.ts";
import { ICE_UDP, JINGLE, JINGLE_MESSAGE } from "../../protocol/namespaces.ts";
import type { Device } from "../support/device.ts";
import { AUDIO, hearsCarbon, hearsMessage, reasonOf, saysMessage } from "../support/jingle-messages.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { reaches, type SipJsPhone } from "../support/sipjs-phone.ts";
import { conditionIn, isProposed, MessagesWorld } from "./messages-world.ts";
import { reason } from "./scenarios-texts.ts";
import { hears, hearsEnd, SERVERS } from "./scenarios-world.ts";

const BOB = "bob@pbx.test";
const NUMBER = "+49305550100@numbers.test";
/** What a user's other device hears of a call that one of them has proposed: carbons, and nothing of its own. */
const OVERHEARD = ["received finish", "received proceed", "received ringing", "sent propose"];

for (const kind of SERVERS)
  describe.skipIf(kind.missing !== undefined)(
    `proposed and intercepted on ${kind.name}${kind.missing ? ` (left out: ${kind.missing})` : ""}`,
    () => {
      let world: MessagesWorld;
      let callee: SipJsPhone;
      let caller: SipJsPhone;
      let desk: Device;
      let tablet: Device;

      beforeAll(async () => {
        world = await MessagesWorld.start(kind, "a B2BUA");
        callee = await world.callee();
        caller = await world.caller();
        desk = await world.device("juliet/desk");
        tablet = await world.device("juliet/tablet");
      }, 60_000);
      afterAll(() => world.stop());

      /** Juliet proposes a call at her desk; she is told to go on, by a device of who is called. */
      const proposes = async (to: string, id: string): Promise<string> => {
        await saysMessage(desk, to, "propose", id, AUDIO);
        const rings = await hearsMessage(desk, "ringing", id);
        const proceeds = await hearsMessage(desk, "proceed", id);
        expect([rings.attrs.from, proceeds.attrs.from]).toEqual([`${to}/sip`, `${to}/sip`]);
        return `${to}/sip`;
      };
      const bobRings = async (id: string) => {
        const bob = await proposes(BOB, id);
        await desk.say(bob, "session-initiate", id, PLAY_TEXTS["offer-contents"]);
        const invitation = await callee.invitations.next(undefined, "the INVITE");
        await hears(desk, "session-info", id);
        return { bob, over: reaches(invitation, SessionState.Terminated) };
      };
      /** The phone calls juliet, and each of her devices hears of it; `refused` is the status that ends it. */
      const bobCalls = async () => {
        const call = caller.call(`sip:${world.bare("juliet")}`);
        const refused = new Promise<number | undefined>((resolve) => {
          void call.invite({ requestDelegate: { onReject: ({ message }) => resolve(message.statusCode) } });
        });
        const proposed = await isProposed(desk);
        expect(await isProposed(tablet)).toEqual(proposed);
        expect(proposed.from).toBe(`${BOB}/sip`);
        return { call, refused, ...proposed };
      };
      const accepts = async (call: Inviter, from: string, id: string, device = desk) => {
        expect((await hears(device, "session-initiate", id)).from).toBe(from);
        const established = reaches(call, SessionState.Established);
        await device.say(from, "session-accept", id, PLAY_TEXTS["answer-contents"]);
        await established;
      };

      test("she proposes to a number: it rings, answers, she hangs up, and both say that it has finished", async () => {
        const number = await proposes(NUMBER, "n1");
        await desk.say(number, "session-initiate", "n1", PLAY_TEXTS["offer-contents"]);
        await hears(desk, "session-info", "n1");
        expect((await hears(desk, "session-accept", "n1")).from).toBe(number);
        await desk.say(number, "session-terminate", "n1", reason("success"));
        await saysMessage(desk, number, "finish", "n1", reasonOf("success"));
        expect(conditionIn(await hearsMessage(desk, "finish", "n1"))).toBe("success");
        await hearsCarbon(tablet, "finish", "n1");
        expect(await world.restOf(tablet)).toEqual(OVERHEARD);
        expect(await world.restOf(desk)).toEqual([]);
      }, 30_000);

      test("a device that has proceeded says what it can, as Dino asks before it begins", async () => {
        for (const [to, id] of [
          [NUMBER, "d1"],
          [world.bare("tybalt"), "d2"],
        ] as const) {
          const phone = await proposes(to, id);
          const query = (await desk.ask("get", phone, xml("query", { xmlns: DISCO_INFO }))).getChild("query");
          expect(query && featuresIn(query)).toEqual(expect.arrayContaining([JINGLE, ICE_UDP, JINGLE_MESSAGE]));
        }
        await world.restOf(tablet);
      }, 30_000);

      test("a device of a user's that has that resource is asked itself", async () => {
        const own = await world.device("tybalt/sip");
        const query = (await desk.ask("get", own.jid, xml("query", { xmlns: DISCO_INFO }))).getChild("query");
        expect(query?.getChild("identity")?.attrs.name).toBe("Device");
        await own.stop();
      }, 30_000);

      test.each([
        ["by retract, as Dino does", (bob: string) => saysMessage(desk, bob, "retract", "r1", reasonOf("cancel"))],
        ["by session-terminate", (bob: string) => desk.say(bob, "session-terminate", "r2", reason("cancel"))],
      ])(
        "she gives up while it rings, %s: the phone stops",
        async (way, givesUp) => {
          const id = way.startsWith("by retract") ? "r1" : "r2";
          const { bob, over } = await bobRings(id);
          await givesUp(bob);
          await over;
          expect(conditionIn(await hearsMessage(desk, "finish", id))).toBe("cancel");
          await world.restOf(tablet);
          expect(await world.restOf(desk)).toEqual([]);
        },
        30_000,
      );

      test("she takes the proposal back before the session: no phone is called by it, and that id is free again", async () => {
        const bob = await proposes(BOB, "t1");
        await saysMessage(desk, bob, "retract", "t1", reasonOf("cancel"));
        const { over } = await bobRings("t1");
        await desk.say(bob, "session-terminate", "t1", reason("cancel"));
        await over;
        await hearsMessage(desk, "finish", "t1");
        expect(callee.invitations.rest()).toEqual([]);
        await world.restOf(tablet);
      }, 30_000);

      test("the phone calls: both devices hear of it, one takes it, the other overhears that and nothing more", async () => {
        const { call, from, id } = await bobCalls();
        for (const device of [desk, tablet]) await saysMessage(device, from, "ringing", id);
        await saysMessage(desk, from, "proceed", id);
        await hearsCarbon(tablet, "proceed", id);
        await accepts(call, from, id);
        await call.bye();
        expect(await hearsEnd(desk, id)).toBe("success");
        expect(conditionIn(await hearsMessage(desk, "finish", id))).toBe("success");
        expect(await world.restOf(tablet)).toEqual(["received finish", "sent ringing"]);
        expect(await world.restOf(desk)).toEqual(["sent ringing"]);
      }, 30_000);

      test("the phone calls: both devices take it, and the later one is told that it has lost", async () => {
        const { call, from, id } = await bobCalls();
        await saysMessage(desk, from, "proceed", id);
        await hearsCarbon(tablet, "proceed", id);
        await saysMessage(tablet, from, "proceed", id);
        expect(conditionIn(await hearsMessage(tablet, "retract", id))).toBe("cancel");
        await accepts(call, from, id);
        await desk.say(from, "session-terminate", id, reason("success"));
        await reaches(call, SessionState.Terminated);
        await hearsMessage(desk, "finish", id);
        await world.restOf(tablet);
        expect(await world.restOf(desk)).toEqual(["received retract", "sent proceed"]);
      }, 30_000);

      test("the phone gives up: both devices are told, and say no more", async () => {
        const { call, id } = await bobCalls();
        await call.cancel();
        for (const device of [desk, tablet]) {
          expect(conditionIn(await hearsMessage(device, "retract", id))).toBe("cancel");
          expect(await world.restOf(device)).toEqual([]);
        }
      }, 30_000);

      test("she declines on one device: the phone hears 486, the other device overhears it", async () => {
        const { refused, from, id } = await bobCalls();
        await saysMessage(tablet, from, "reject", id, reasonOf("busy"));
        await hearsCarbon(desk, "reject", id);
        expect(await refused).toBe(486);
        for (const device of [desk, tablet]) expect(await world.restOf(device)).toEqual([]);
      }, 30_000);

      test("the device that has taken it declines after all: the phone hears 486", async () => {
        const { refused, from, id } = await bobCalls();
        await saysMessage(desk, from, "proceed", id);
        await hears(desk, "session-initiate", id);
        await desk.say(from, "session-terminate", id, reason("decline"));
        expect(await refused).toBe(486);
        expect(conditionIn(await hearsMessage(desk, "finish", id))).toBe("decline");
        await world.restOf(tablet);
        expect(await world.restOf(desk)).toEqual([]);
      }, 30_000);

      test("a user whose devices have all left: one wakes, hears the proposal that was kept, rings and takes it", async () => {
        const asleep = await world.device("tybalt/desk");
        await asleep.stop();
        const call = caller.call(`sip:${world.bare("tybalt")}`);
        const rings = new Promise((resolve) => {
          void call.invite({
            requestDelegate: { onProgress: ({ message }) => message.statusCode === 180 && resolve(180) },
          });
        });
        const awake = await world.wakes("tybalt/desk");
        const { from, id } = await isProposed(awake);
        expect(awake.heard.rest()).toEqual([]);
        await saysMessage(awake, from, "ringing", id);
        await rings;
        await saysMessage(awake, from, "proceed", id);
        await accepts(call, from, id, awake);
        await call.bye();
        expect(await hearsEnd(awake, id)).toBe("success");
      }, 30_000);
    },
  );
