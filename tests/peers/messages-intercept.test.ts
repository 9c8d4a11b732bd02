/**
 * Calls of users to phones, proposed by message (XEP-0353), where the server hands over what its users say: real servers
 * with the module, the gateway in a process of its own, a B2BUA for its proxy, and sip.js as the phone.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import { SessionState } from "sip.js";
import { featuresIn } from "../../protocol/xmpp/caps-hash.ts";
import { DISCO_INFO, ICE_UDP, JINGLE, JINGLE_MESSAGE } from "../../protocol/xmpp/namespaces.ts";
import { Component } from "../support/component.ts";
import type { Device } from "../support/device.ts";
import { AUDIO, hearsCarbon, hearsMessage, reasonOf, saysMessage } from "../support/jingle-messages.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { reaches, type SipJsPhone } from "../support/sipjs-phone.ts";
import { conditionIn, MessagesWorld } from "./messages-world.ts";
import { reason } from "./scenarios-texts.ts";
import { hears, SERVERS } from "./scenarios-world.ts";

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
      let desk: Device;
      let tablet: Device;

      beforeAll(async () => {
        world = await MessagesWorld.start(kind, "a B2BUA");
        callee = await world.callee();
        desk = await world.device("juliet/desk");
        tablet = await world.device("juliet/tablet");
      }, 120_000);
      afterAll(() => world?.stop());

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
      // proves: P18
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
      }, 120_000);

      // proves: X7
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
      }, 120_000);

      // proves: X7
      test("a device of a user's that has that resource is asked itself", async () => {
        const own = await world.device("tybalt/sip");
        const query = (await desk.ask("get", own.jid, xml("query", { xmlns: DISCO_INFO }))).getChild("query");
        expect(query?.getChild("identity")?.attrs.name).toBe("Device");
        await own.stop();
      }, 120_000);

      // proves: X7
      test("who has that resource elsewhere, and has no call with her, is asked as ever: in a room, or of another server", async () => {
        const stranger = await Component.start(world.server, `other.${world.server.domain}`);
        const nick = `room@other.${world.server.domain}/sip`;
        const asked = desk.ask("get", nick, xml("query", { xmlns: DISCO_INFO }));
        const { attrs } = await stranger.next("iq", "query");
        expect(attrs).toMatchObject({ type: "get", from: desk.jid, to: nick });
        stranger.send(
          `<iq type='result' id='${attrs.id}' from='${nick}' to='${desk.jid}'><query xmlns='${DISCO_INFO}'><identity category='client' type='pc' name='Nick'/></query></iq>`,
        );
        expect((await asked).getChild("query")?.getChild("identity")?.attrs.name).toBe("Nick");
        stranger.stop();
      }, 120_000);

      // proves: P18
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
        120_000,
      );

      // proves: P18
      test("she takes the proposal back before the session: no phone is called by it, and that id is free again", async () => {
        const bob = await proposes(BOB, "t1");
        await saysMessage(desk, bob, "retract", "t1", reasonOf("cancel"));
        const { over } = await bobRings("t1");
        await desk.say(bob, "session-terminate", "t1", reason("cancel"));
        await over;
        await hearsMessage(desk, "finish", "t1");
        expect(callee.invitations.rest()).toEqual([]);
        await world.restOf(tablet);
      }, 120_000);
    },
  );
