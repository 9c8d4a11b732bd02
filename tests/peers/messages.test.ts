/** Calls that are proposed by message first (XEP-0353): real clients with carbons, on real servers, and sip.js as the phone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SessionState } from "sip.js";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml } from "../support/gateway-toml.ts";
import { AUDIO, hearsCarbon, hearsMessage, payload, reasonOf, saysMessage } from "../support/jingle-messages.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import type { XmppServer } from "../support/prosody.ts";
import { reaches, type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";
import { isSeen, SERVERS } from "./scenarios-world.ts";

const jingle = (device: Device, action: string) => device.heard.next((each) => each.action === action, action);

for (const { name, missing, start } of SERVERS)
  describe.skipIf(missing !== undefined)(`proposed on ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    let server: XmppServer;
    let gateway: GatewayProcess;
    let sip: SipJsPhone;
    let phone: Device;
    let tablet: Device;

    beforeAll(async () => {
      server = await start(["juliet"], {});
      sip = await startSipJsPhone();
      gateway = await startGateway(gatewayToml(server, sip.port));
      sip.gatewayPort = gateway.sipPort;
      await healthy(gateway);
      phone = new Device(server, "juliet", "phone");
      tablet = new Device(server, "juliet", "tablet");
      for (const device of [phone, tablet]) {
        await device.start();
        await device.takesProposals();
        await isSeen(device, server);
      }
    }, 120_000);
    afterAll(async () => {
      for (const device of [phone, tablet]) await device?.stop();
      await gateway?.stop();
      await sip?.stop();
      await server?.stop();
    });

    const bobCalls = async () => {
      const call = sip.call(`sip:juliet@${server.domain}`);
      await call.invite();
      const proposed = await hearsMessage(phone, "propose");
      await hearsMessage(tablet, "propose");
      return { call, id: String(payload(proposed)?.attrs.id), from: String(proposed.attrs.from) };
    };

    // proves: P16
    test("the phone calls: both devices ring, one takes it, the other hears of that by a carbon", async () => {
      const { call, id, from } = await bobCalls();
      for (const device of [phone, tablet]) await saysMessage(device, from, "ringing", id);
      await saysMessage(phone, from, "proceed", id);
      await hearsCarbon(tablet, "proceed");
      const offered = await jingle(phone, "session-initiate");
      expect([offered.from, offered.jingle.attrs.sid]).toEqual([from, id]);
      const established = reaches(call, SessionState.Established);
      await phone.say(from, "session-accept", id, PLAY_TEXTS["answer-contents"]);
      await established;
      await call.bye();
      await jingle(phone, "session-terminate");
      await hearsMessage(phone, "finish");
    }, 120_000);

    // proves: P16
    test("the phone calls: one device rejects, the other hears of that by a carbon, the phone hears 486", async () => {
      const { call, id, from } = await bobCalls();
      const over = reaches(call, SessionState.Terminated);
      await saysMessage(tablet, from, "reject", id, reasonOf("busy"));
      await hearsCarbon(phone, "reject");
      await over;
    }, 120_000);

    // proves: P16
    test("the phone gives up: both devices are told to stop ringing", async () => {
      const { call } = await bobCalls();
      await call.cancel();
      for (const device of [phone, tablet]) await hearsMessage(device, "retract");
    }, 120_000);

    // proves: P16
    test("juliet proposes: the gateway proceeds, the phone is called on her session-initiate", async () => {
      await saysMessage(phone, `bob@${server.component}`, "propose", "m1", AUDIO);
      await hearsMessage(phone, "ringing");
      const bob = String((await hearsMessage(phone, "proceed")).attrs.from);
      expect(bob).toBe(`bob@${server.component}/sip`);
      await phone.say(bob, "session-initiate", "m1", PLAY_TEXTS["offer-contents"]);
      const invitation = await sip.invitations.next(undefined, "the INVITE");
      await invitation.accept();
      await jingle(phone, "session-accept");
      await phone.say(bob, "session-terminate", "m1", "<reason><success/></reason>");
      await reaches(invitation, SessionState.Terminated);
      await hearsMessage(phone, "finish");
    }, 120_000);
  });
