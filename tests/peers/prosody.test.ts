/** Whole calls between a real XMPP client on a real Prosody, and sip.js as the phone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import { SessionState } from "sip.js";
import { crlf } from "../support/changed.ts";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml } from "../support/gateway-toml.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { COMPONENT, DOMAIN, noProsody, type Prosody, startProsody } from "../support/prosody.ts";
import { reaches, type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";

const OFFER = PLAY_TEXTS["offer-contents"] ?? "";
const ANSWER = PLAY_TEXTS["answer-contents"] ?? "";
const sdp = (offered: string | undefined) => PLAY_TEXTS[offered === undefined ? "offer-sdp" : "answer-sdp"] ?? "";
const BOB = `bob@${COMPONENT}`;
const CALLER = `bob\\40pbx.test@${COMPONENT}/sip`;

let server: Prosody;
let gateway: GatewayProcess;
let juliet: Device;
let phone: SipJsPhone;

describe.skipIf(noProsody !== undefined)(
  `with Prosody and sip.js${noProsody ? ` (left out: ${noProsody})` : ""}`,
  () => {
    beforeAll(async () => {
      server = await startProsody(["juliet", "romeo"]);
      phone = await startSipJsPhone((offered) => crlf(sdp(offered)));
      gateway = await start();
      juliet = new Device(server, "juliet", "balcony");
      await juliet.start();
    });
    const start = async (): Promise<GatewayProcess> => {
      const started = await startGateway(gatewayToml(server, phone.port, { tables: "[calls]\njmi_timeout = 1" }));
      phone.gatewayPort = started.sipPort;
      await healthy(started);
      return started;
    };
    afterAll(async () => {
      await juliet?.stop();
      expect(await gateway?.stop()).toBe(0);
      await phone?.stop();
      await server?.stop();
    });

    const hears = async (action: string) => (await juliet.heard.next((each) => each.action === action, action)).jingle;
    const reasonOf = async () =>
      (await hears("session-terminate")).getChild("reason")?.getChildElements()[0]?.getName();
    const julietCalls = async (sid: string) => {
      await juliet.say(BOB, "session-initiate", sid, OFFER);
      return phone.invitations.next(undefined, "the INVITE");
    };
    const bobCalls = async () => {
      const call = phone.call(`sip:juliet@${DOMAIN}`);
      await call.invite();
      const { jingle, from } = await juliet.heard.next(
        (each) => each.action === "session-initiate",
        "session-initiate",
      );
      expect(from).toBe(CALLER);
      return { call, sid: String(jingle.attrs.sid) };
    };

    // proves: C1
    test("a client sees a phone it can call: presence with caps, and disco#info that fits them", async () => {
      await juliet.send(xml("presence", { to: BOB, type: "subscribe" }));
      const presence = await juliet.presence.next((each) => each.attrs.from === `${BOB}/sip`, "presence of the phone");
      const caps = presence.getChild("c", "http://jabber.org/protocol/caps");
      const node = `${caps?.attrs.node}#${caps?.attrs.ver}`;
      const query = xml("query", { xmlns: "http://jabber.org/protocol/disco#info", node });
      const info = (await juliet.ask("get", `${BOB}/sip`, query)).getChild("query");
      const features = info?.getChildren("feature").map((feature) => String(feature.attrs.var)) ?? [];
      expect(info?.getChild("identity")?.attrs).toMatchObject({ category: "client", type: "phone" });
      expect(features).toContain("urn:xmpp:jingle:apps:rtp:audio");
      expect(features).toContain("urn:xmpp:jingle-message:0");
    });

    test("juliet calls, the phone rings and answers, juliet hangs up", async () => {
      const invitation = await julietCalls("out-1");
      await invitation.progress({ statusCode: 180 });
      expect((await hears("session-info")).getChild("ringing")).toBeDefined();
      await invitation.accept();
      expect((await hears("session-accept")).toString()).toContain("203.0.113.9");
      const over = reaches(invitation, SessionState.Terminated);
      await juliet.say(BOB, "session-terminate", "out-1", "<reason><success/></reason>");
      await over;
    });

    test("juliet calls, the phone answers and hangs up", async () => {
      const invitation = await julietCalls("out-2");
      await invitation.accept();
      await hears("session-accept");
      await invitation.bye();
      expect(await reasonOf()).toBe("success");
    });

    test("juliet calls, the phone rejects: 486 is decline", async () => {
      const invitation = await julietCalls("out-3");
      await invitation.reject({ statusCode: 486 });
      expect(await reasonOf()).toBe("decline");
    });

    test("juliet calls and gives up while it rings: CANCEL", async () => {
      const invitation = await julietCalls("out-4");
      await invitation.progress({ statusCode: 180 });
      await hears("session-info");
      const over = reaches(invitation, SessionState.Terminated);
      await juliet.say(BOB, "session-terminate", "out-4", "<reason><cancel/></reason>");
      await over;
    });

    test("juliet's candidates trickle to the phone by INFO", async () => {
      const infos: string[] = [];
      const invitation = await julietCalls("out-5");
      invitation.delegate = {
        onInfo: (info) => {
          infos.push(info.request.body);
          void info.accept();
        },
      };
      await invitation.accept();
      await hears("session-accept");
      await juliet.say(BOB, "transport-info", "out-5", PLAY_TEXTS["caller-trickles"] ?? "");
      await juliet.say(BOB, "session-terminate", "out-5", "<reason><success/></reason>");
      await reaches(invitation, SessionState.Terminated);
      expect(infos.join()).toContain("203.0.113.4 40001 typ srflx");
    });

    // proves: S1, S26
    test("the phone calls, juliet answers, the phone hangs up", async () => {
      const { call, sid } = await bobCalls();
      const established = reaches(call, SessionState.Established);
      await juliet.say(CALLER, "session-accept", sid, ANSWER);
      await established;
      expect(await phone.heardSdp.next((heard) => heard.includes("a=setup:active"), "the answer")).toContain(
        "198.51.100.7",
      );
      await call.bye();
      expect(await reasonOf()).toBe("success");
    });

    test("the phone calls, juliet answers and hangs up", async () => {
      const { call, sid } = await bobCalls();
      const established = reaches(call, SessionState.Established);
      await juliet.say(CALLER, "session-accept", sid, ANSWER);
      await established;
      const over = reaches(call, SessionState.Terminated);
      await juliet.say(CALLER, "session-terminate", sid, "<reason><success/></reason>");
      await over;
    });

    test("the phone calls, juliet declines", async () => {
      const { call, sid } = await bobCalls();
      const over = reaches(call, SessionState.Terminated);
      await juliet.say(CALLER, "session-terminate", sid, "<reason><decline/></reason>");
      await over;
    });

    test("the phone calls and gives up", async () => {
      const { call } = await bobCalls();
      await call.cancel();
      expect(await reasonOf()).toBe("decline");
    });

    test("the phone calls somebody who is not online, and no device wakes: 480", async () => {
      const call = phone.call(`sip:romeo@${DOMAIN}`);
      const status = new Promise<number | undefined>((resolve) => {
        void call.invite({ requestDelegate: { onReject: ({ message }) => resolve(message.statusCode) } });
      });
      expect(await status).toBe(480);
    });

    test("the gateway alone is restarted: who is online is asked for when the phone calls, and called", async () => {
      await juliet.send(xml("presence", { to: COMPONENT, type: "subscribe" }));
      const asks = (each: { attrs: Record<string, unknown> }) =>
        each.attrs.type === "subscribe" && each.attrs.from === COMPONENT;
      await juliet.presence.next(asks, "the component's subscription");
      await juliet.send(xml("presence", { to: COMPONENT, type: "subscribed" }));
      await juliet.ask("get", COMPONENT, xml("query", { xmlns: "http://jabber.org/protocol/disco#info" }));
      expect(await gateway.stop()).toBe(0);
      gateway = await start();
      const { call } = await bobCalls();
      await call.cancel();
      expect(await reasonOf()).toBe("decline");
    });
  },
);
