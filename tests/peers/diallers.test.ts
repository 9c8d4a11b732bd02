/**
 * What clients look for before they offer to call a number, on a real Prosody. The conditions are those of the clients' sources:
 *
 * - Cheogram registers an entry of the roster as a phone account of Android when its presence has caps whose disco#info has the
 *   identity gateway/pstn, and hashes to the `ver` of the presence (XmppConnectionService.fetchCaps). Its dialler then proposes a
 *   call to `<number in international form>@<entry>`, without a subscription to that (ConnectionService.onCreateOutgoingConnection).
 *   Its form for a new contact asks entries with any identity of category gateway by `jabber:iq:gateway` (EnterJidDialog).
 * - Conversations has a button at a contact with a presence of these features (RtpCapability.check).
 * - Movim has a button for each presence of a contact with these features (Info.isJingleAudio).
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import xml, { type Element } from "@xmpp/xml";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml } from "../support/gateway-toml.ts";
import { COMPONENT, noProsody, type Prosody, startProsody } from "../support/prosody.ts";
import { type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";

const NUMBER = `+4930123@${COMPONENT}`;
const DISCO = "http://jabber.org/protocol/disco#info";
const CAPS = "http://jabber.org/protocol/caps";
const GATEWAY = "jabber:iq:gateway";
const AUDIO = "urn:xmpp:jingle:apps:rtp:audio";
const CONVERSATIONS = [
  "urn:xmpp:jingle:1",
  "urn:xmpp:jingle:transports:ice-udp:1",
  "urn:xmpp:jingle:apps:rtp:1",
  "urn:xmpp:jingle:apps:dtls:0",
  AUDIO,
];
const MOVIM = [AUDIO, "urn:xmpp:jingle-message:0"];

let server: Prosody;
let gateway: GatewayProcess;
let juliet: Device;
let phone: SipJsPhone;

describe.skipIf(noProsody !== undefined)(
  `a client that may offer a dialler${noProsody ? ` (left out: ${noProsody})` : ""}`,
  () => {
    beforeAll(async () => {
      server = await startProsody(["juliet"]);
      phone = await startSipJsPhone(() => "");
      gateway = await startGateway(gatewayToml(server, phone.port));
      await healthy(gateway);
      juliet = new Device(server, "juliet", "balcony");
      await juliet.start();
    });
    afterAll(async () => {
      await juliet?.stop();
      expect(await gateway?.stop()).toBe(0);
      await phone?.stop();
      await server?.stop();
    });

    /** Adds an entry to the roster; gives the disco#info that the caps of its presence name. */
    const added = async (jid: string): Promise<{ info: Element; ver: string }> => {
      await juliet.send(xml("presence", { to: jid, type: "subscribe" }));
      const isThere = ({ attrs }: Element): boolean => attrs.from?.split("/")[0] === jid && attrs.type === undefined;
      const presence = await juliet.presence.next(isThere, `the presence of ${jid}`);
      const { node, ver } = presence.getChild("c", CAPS)?.attrs ?? {};
      const query = xml("query", { xmlns: DISCO, node: `${node}#${ver}` });
      const info = (await juliet.ask("get", String(presence.attrs.from), query)).getChild("query", DISCO);
      return { info: info ?? xml("query"), ver: String(ver) };
    };
    const identities = (info: Element): string[] =>
      info.getChildren("identity").map(({ attrs }) => `${attrs.category}/${attrs.type}//${attrs.name}`);
    const features = (info: Element): string[] => info.getChildren("feature").map(({ attrs }) => String(attrs.var));
    const subscription = async (jid: string): Promise<string | undefined> => {
      const roster = await juliet.ask(
        "get",
        juliet.jid.split("/")[0] ?? "",
        xml("query", { xmlns: "jabber:iq:roster" }),
      );
      const items = roster.getChild("query")?.getChildren("item") ?? [];
      return items.find(({ attrs }) => attrs.jid === jid)?.attrs.subscription;
    };

    // proves: C10
    test("finds the gateway in its roster, with the identity gateway/pstn and a hash that fits (Cheogram)", async () => {
      const { info, ver } = await added(COMPONENT);
      expect(identities(info)).toContain("gateway/pstn//Carillon");
      const text = [...identities(info), ...features(info)].map((each) => `${each}<`).join("");
      expect(createHash("sha1").update(text).digest("base64")).toBe(ver);
      // an entry is shown from `to` on; whether the gateway sees her, too, is hers to approve
      expect(await subscription(COMPONENT)).toBe("to");
    });

    // proves: C7, C10
    test("turns what is typed into an address (XEP-0100; Cheogram)", async () => {
      const prompt = await juliet.ask("get", COMPONENT, xml("query", { xmlns: GATEWAY }));
      expect(prompt.getChild("query", GATEWAY)?.getChildText("prompt")).toBe("Number or address");
      const typed = xml("query", { xmlns: GATEWAY }, xml("prompt", {}, "+49 (30) 123"));
      const address = await juliet.ask("set", COMPONENT, typed);
      expect(address.getChild("query", GATEWAY)?.getChildText("jid")).toBe(NUMBER);
    });

    // proves: C10
    test("calls a number that is no contact by a proposal (Cheogram's dialler)", async () => {
      const description = xml("description", { xmlns: "urn:xmpp:jingle:apps:rtp:1", media: "audio" });
      const propose = xml("propose", { xmlns: "urn:xmpp:jingle-message:0", id: "dialled" }, description);
      await juliet.send(xml("message", { to: NUMBER, type: "chat" }, propose));
      const isAccepted = (message: Element): boolean => message.getChild("proceed")?.attrs.id === "dialled";
      expect((await juliet.messages.next(isAccepted, "proceed")).attrs.from).toBe(`${NUMBER}/sip`);
    });

    // proves: C10
    test.each([
      ["Conversations", CONVERSATIONS],
      ["Movim", MOVIM],
    ])("has a button at a number in its roster (%s)", async (_, wanted) => {
      const { info } = await added(NUMBER);
      expect(wanted.filter((feature) => !features(info).includes(feature))).toEqual([]);
      await juliet.send(xml("presence", { to: NUMBER, type: "unsubscribe" }));
    });
  },
);
