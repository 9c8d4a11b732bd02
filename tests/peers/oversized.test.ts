/**
 * What a user sends is that user's fault alone: stanzas past the limits, through real servers, in both modes. Others' calls
 * go on, the stream stays up, and whoever has asked is answered.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SessionState } from "sip.js";
import { STANZA_LIMITS } from "../../protocol/xmpp/stanza.ts";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { SECRET, type XmppServer } from "../support/prosody.ts";
import { reaches, type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";
import { until } from "../support/until.ts";
import { comesOnline, hears, isSeen, SERVERS } from "./scenarios-world.ts";

const { depth, elements, bytes } = STANZA_LIMITS;
/** What is inside of a stanza. A server writes an apostrophe as a reference of six bytes. */
const INSIDE: Readonly<Record<string, string>> = {
  "too deep": `<a xmlns='urn:example'>${"<a>".repeat(depth)}${"</a>".repeat(depth)}</a>`,
  "too many elements": `<a xmlns='urn:example'>${"<a/>".repeat(elements)}</a>`,
  "too large": `<a xmlns='urn:example'>${"'".repeat(bytes / 2)}</a>`,
};
const MODES = ["gateway", "intercept"] as const;
const RTP = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>";

for (const { name, missing, start } of SERVERS)
  for (const mode of MODES)
    describe.skipIf(missing !== undefined)(
      `stanzas past the limits, through ${name}, mode ${mode}${missing ? ` (left out: ${missing})` : ""}`,
      () => {
        let server: XmppServer;
        let gateway: GatewayProcess;
        let phone: SipJsPhone;
        let alice: Device;
        let mallory: Device;
        let bob: string;

        beforeAll(async () => {
          server = await start(["alice", "bob", "mallory"], { intercept: mode === "intercept" });
          phone = await startSipJsPhone();
          gateway = await startGateway(configuration());
          phone.gatewayPort = gateway.sipPort;
          await healthy(gateway);
          bob = `bob@${mode === "intercept" ? server.domain : server.component}`;
          alice = await comesOnline(server, "alice", "phone");
          mallory = await comesOnline(server, "mallory", "lair");
        }, 120_000);
        afterAll(async () => {
          for (const device of [alice, mallory]) await device?.stop();
          await gateway?.stop();
          await phone?.stop();
          await server?.stop();
        });
        const configuration = () => `
[modules.mod_jingle_sip]
proxy_host = "127.0.0.1"
proxy_port = ${phone.port}
listen_port = 0
[sip]
bind = ["127.0.0.1"]
[xmpp]
mode = "${mode}"
host = "127.0.0.1"
port = ${server.componentPort}
domain = "${server.component}"
secret = "${SECRET}"
hosts = ["${server.domain}"]
[web]
port = 0
`;

        const calls = async (sid: string) => {
          await alice.say(bob, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
          const invitation = await phone.invitations.next(undefined, "the INVITE");
          await invitation.accept();
          await hears(alice, "session-accept", sid);
          return invitation;
        };
        const sends = (text: string) => mallory.send(Device.element(text));
        /** How an IQ set is answered: the name of its error. */
        const asks = (to: string, inside: string): Promise<string> =>
          mallory.ask("set", to, Device.element(inside)).then(
            () => "result",
            (error: { condition?: string }) => error.condition ?? String(error),
          );
        const jingle = (inside: string) =>
          `<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='m'><content name='a' creator='initiator'>${RTP}${inside}</content></jingle>`;
        const propose = (inside: string) =>
          `<message type='chat' to='${bob}'><propose xmlns='urn:xmpp:jingle-message:0' id='m'>${RTP}${inside}</propose></message>`;
        const hasDropped = (excess: string) =>
          until(`the line of a stanza ${excess}`, gateway.log, (log) => log.includes(`"reason":"stanza ${excess}"`));

        test("a call goes on, and each IQ has its error", async () => {
          const invitation = await calls("before");
          for (const [excess, inside] of Object.entries(INSIDE)) {
            await sends(`<message to='${server.component}'>${inside}</message>`);
            await sends(propose(inside));
            await sends(`<presence to='${server.component}'>${inside}</presence>`);
            await sends(`<presence>${inside}</presence>`);
            expect([excess, await asks(server.component, inside)]).toEqual([excess, "policy-violation"]);
            expect([excess, await asks(bob, jingle(inside))]).toEqual([excess, "policy-violation"]);
            await isSeen(mallory, server);
            await hasDropped(excess);
          }
          const over = reaches(invitation, SessionState.Terminated);
          await alice.say(bob, "session-terminate", "before", "<reason><success/></reason>");
          await over;
          await calls("after").then((next) => next.bye());
          expect(gateway.log()).not.toContain('"xmpp.offline"');
        }, 120_000);
      },
    );
