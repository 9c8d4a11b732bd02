/**
 * Calls of phones to users, proposed by message (XEP-0353), where the server hands over what its users say: real servers
 * with the module, the gateway in a process of its own, and sip.js as the phone.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Inviter, SessionState } from "sip.js";
import { Device } from "../support/device.ts";
import { Inbox } from "../support/inbox.ts";
import { hearsCarbon, hearsMessage, reasonOf, saysMessage } from "../support/jingle-messages.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { reaches, type SipJsPhone } from "../support/sipjs-phone.ts";
import { conditionIn, isProposed, MessagesWorld } from "./messages-world.ts";
import { reason } from "./scenarios-texts.ts";
import { comesOnline, hears, hearsEnd, isSeen, SERVERS } from "./scenarios-world.ts";

const BOB = "bob@pbx.test";

for (const kind of SERVERS)
  describe.skipIf(kind.missing !== undefined)(
    `called by phones, intercepted on ${kind.name}${kind.missing ? ` (left out: ${kind.missing})` : ""}`,
    () => {
      let world: MessagesWorld;
      let caller: SipJsPhone;
      let desk: Device;
      let tablet: Device;

      beforeAll(async () => {
        world = await MessagesWorld.start(kind, "a B2BUA");
        caller = await world.caller();
        desk = await world.device("juliet/desk");
        tablet = await world.device("juliet/tablet");
      }, 120_000);
      afterAll(() => world?.stop());

      /** The phone calls juliet, and each of her devices hears of it; `refused` is the status that ends it. */
      const bobCalls = async (bob = caller, address = BOB) => {
        const call = bob.call(`sip:${world.bare("juliet")}`);
        const refused = new Promise<number | undefined>((resolve) => {
          void call.invite({ requestDelegate: { onReject: ({ message }) => resolve(message.statusCode) } });
        });
        const proposed = await isProposed(desk);
        expect(await isProposed(tablet)).toEqual(proposed);
        expect(proposed.from).toBe(`${address}/sip`);
        return { call, refused, ...proposed };
      };
      const begins = async (from: string, id: string, device = desk) =>
        expect((await hears(device, "session-initiate", id)).from).toBe(from);
      const accepts = async (call: Inviter, from: string, id: string, device = desk) => {
        const established = reaches(call, SessionState.Established);
        await device.say(from, "session-accept", id, PLAY_TEXTS["answer-contents"]);
        await established;
      };

      // proves: P18
      test("the phone calls: both devices hear of it, one takes it, the other overhears that and nothing more", async () => {
        const { call, from, id } = await bobCalls();
        for (const device of [desk, tablet]) await saysMessage(device, from, "ringing", id);
        await saysMessage(desk, from, "proceed", id);
        await hearsCarbon(tablet, "proceed", id);
        await begins(from, id);
        await accepts(call, from, id);
        await call.bye();
        expect(await hearsEnd(desk, id)).toBe("success");
        expect(conditionIn(await hearsMessage(desk, "finish", id))).toBe("success");
        expect(await world.restOf(tablet)).toEqual(["received finish", "sent ringing"]);
        expect(await world.restOf(desk)).toEqual(["sent ringing"]);
      }, 120_000);

      // proves: P18
      test("the phone calls: both devices take it, and the later one is told that it has lost", async () => {
        const { call, from, id } = await bobCalls();
        await saysMessage(desk, from, "proceed", id);
        await hearsCarbon(tablet, "proceed", id);
        await saysMessage(tablet, from, "proceed", id);
        expect(conditionIn(await hearsMessage(tablet, "retract", id))).toBe("cancel");
        await begins(from, id);
        await accepts(call, from, id);
        await desk.say(from, "session-terminate", id, reason("success"));
        await reaches(call, SessionState.Terminated);
        await hearsMessage(desk, "finish", id);
        await world.restOf(tablet);
        expect(await world.restOf(desk)).toEqual(["received retract", "sent proceed"]);
      }, 120_000);

      // proves: P18
      test("the phone gives up: both devices are told, and say no more", async () => {
        const { call, id } = await bobCalls();
        await call.cancel();
        for (const device of [desk, tablet]) {
          expect(conditionIn(await hearsMessage(device, "retract", id))).toBe("cancel");
          expect(await world.restOf(device)).toEqual([]);
        }
      }, 120_000);

      // proves: P18
      test("she declines on one device: the phone hears 486, the other device overhears it", async () => {
        const { refused, from, id } = await bobCalls();
        await saysMessage(tablet, from, "reject", id, reasonOf("busy"));
        await hearsCarbon(desk, "reject", id);
        expect(await refused).toBe(486);
        for (const device of [desk, tablet]) expect(await world.restOf(device)).toEqual([]);
      }, 120_000);

      // proves: P18
      test("the device that has taken it declines after all: the phone hears 486", async () => {
        const { refused, from, id } = await bobCalls();
        await saysMessage(desk, from, "proceed", id);
        await hears(desk, "session-initiate", id);
        await desk.say(from, "session-terminate", id, reason("decline"));
        expect(await refused).toBe(486);
        expect(conditionIn(await hearsMessage(desk, "finish", id))).toBe("decline");
        await world.restOf(tablet);
        expect(await world.restOf(desk)).toEqual([]);
      }, 120_000);

      // proves: X12
      test("a phone that she has blocked: it hears 480, and no device hears of it", async () => {
        const block = (action: string) =>
          desk.ask(
            "set",
            world.bare("juliet"),
            Device.element(`<${action} xmlns='urn:xmpp:blocking'><item jid='${BOB}'/></${action}>`),
          );
        await block("block");
        const refused = Promise.withResolvers<number | undefined>();
        const onReject = ({ message }: { message: { statusCode?: number | undefined } }) =>
          refused.resolve(message.statusCode);
        await caller.call(`sip:${world.bare("juliet")}`).invite({ requestDelegate: { onReject } });
        expect(await refused.promise).toBe(480);
        await block("unblock");
        for (const device of [desk, tablet]) expect(await world.restOf(device)).toEqual([]);
      }, 120_000);

      // proves: X6
      test.each([
        ["a phone with her own address", "sip:juliet@example.test", "juliet@example.test"],
        ["a number of the gateway's own domain", "sip:+4930555@sip.example.test", "+4930555@sip.example.test"],
      ])(
        "%s calls: she takes it, and it hangs up",
        async (_, address, jid) => {
          const { call, from, id } = await bobCalls(await world.known(address), jid);
          await saysMessage(desk, from, "ringing", id);
          await saysMessage(desk, from, "proceed", id);
          await begins(from, id);
          await accepts(call, from, id);
          await call.bye();
          expect(await hearsEnd(desk, id)).toBe("success");
          await hearsMessage(desk, "finish", id);
          await world.restOf(tablet);
          expect(await world.restOf(desk)).toEqual([]);
        },
        120_000,
      );

      // proves: X6
      test("a phone with the user's own address calls a device that takes no proposals: it accepts, and hangs up", async () => {
        const romeo = await comesOnline(world.server, "romeo", "desk");
        const own = world.bare("romeo");
        const call = (await world.known(`sip:${own}`)).call(`sip:${own}`);
        await call.invite();
        const { from, jingle } = await hears(romeo, "session-initiate");
        expect(from).toBe(own);
        await accepts(call, own, String(jingle.attrs.sid), romeo);
        await romeo.say(own, "session-terminate", String(jingle.attrs.sid), reason("success"));
        await reaches(call, SessionState.Terminated);
        await romeo.stop();
      }, 120_000);

      // proves: P18
      test("a user whose devices have all left: one wakes, hears the proposal that was kept, and only then it rings", async () => {
        const asleep = await world.device("tybalt/desk");
        await world.leaves(asleep, desk);
        const call = caller.call(`sip:${world.bare("tybalt")}`);
        const heard = new Inbox<number | undefined>();
        const take = ({ message }: { message: { statusCode?: number | undefined } }) => heard.put(message.statusCode);
        await call.invite({ requestDelegate: { onTrying: take, onProgress: take } });
        expect(await heard.next()).toBe(100);
        await isSeen(desk, world.server); // so the server has the proposal by now, and keeps it
        const awake = await world.wakes("tybalt/desk");
        const { from, id } = await isProposed(awake);
        await saysMessage(awake, from, "ringing", id);
        expect(await heard.next()).toBe(180);
        await saysMessage(awake, from, "proceed", id);
        await begins(from, id, awake);
        await accepts(call, from, id, awake);
        await call.bye();
        expect(await hearsEnd(awake, id)).toBe("success");
      }, 120_000);
    },
  );
