/**
 * A caller's name in the user's roster before the phone rings, at real servers: mod_privilege of Prosody (prosody-modules) and of
 * ejabberd. The caller is a phone at the address of a trunk.
 *
 * COMPAT ejabberd before 23.10 grants access and refuses to write (https://github.com/processone/ejabberd/issues/3942).
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import xml, { type Element } from "@xmpp/xml";
import { Device } from "../support/device.ts";
import { ejabberdVersion } from "../support/ejabberd.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { hasLogged } from "../support/has-logged.ts";
import { payload } from "../support/jingle-messages.ts";
import { noPrivilege, SECRET, type XmppServer } from "../support/prosody.ts";
import { type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";
import { isSeen, SERVERS } from "./scenarios-world.ts";

const MODES = ["gateway", "intercept"] as const;
const WORLDS = SERVERS.flatMap((kind) =>
  MODES.map((mode) => ({
    ...kind,
    mode,
    missing: kind.missing ?? (kind.name === "Prosody" ? noPrivilege : undefined),
  })),
);
const ROSTER = "jabber:iq:roster";

for (const { name, start, mode, missing } of WORLDS) {
  const mayWrite = name !== "ejabberd" || ejabberdVersion >= 23.1; // 23.10
  describe.skipIf(missing !== undefined)(
    `a caller of a user of ${name}, in mode ${mode}${missing ? ` (left out: ${missing})` : ""}`,
    () => {
      let server: XmppServer;
      let phone: SipJsPhone;
      let gateway: GatewayProcess;
      let juliet: Device;

      beforeAll(async () => {
        server = await start(["juliet"], { rosters: true, intercept: mode === "intercept" });
        phone = await startSipJsPhone(undefined, "sip:line@pbx.test");
        gateway = await startGateway(`
[modules.mod_jingle_sip]
proxy_host = "127.0.0.1"
proxy_port = 9
listen_port = 0
[sip]
bind = ["127.0.0.1"]
options_interval = 0
[xmpp]
mode = "${mode}"
host = "127.0.0.1"
port = ${server.componentPort}
domain = "${server.component}"
secret = "${SECRET}"
hosts = ["${server.domain}"]
caller_group = "Callers"
[dial]
rules = [{ to = "@", trunk = "pbx" }]
[trunks.pbx]
server = "127.0.0.1:${phone.port}"
domain = "pbx.test"
trusted = true
default_user = "juliet@${server.domain}"
[web]
port = 0
`);
        await healthy(gateway);
        phone.gatewayPort = gateway.sipPort;
        juliet = new Device(server, "juliet", "balcony");
        await juliet.start();
        await juliet.takesProposals();
        await isSeen(juliet, server);
        await roster(); // who has asked for the roster hears of its changes (RFC 6121 §2.1.6)
      });
      afterAll(async () => {
        await juliet?.stop();
        expect(await gateway?.stop()).toBe(0);
        await phone?.stop();
        await server?.stop();
      });

      const query = (...items: Element[]): Element => xml("query", { xmlns: ROSTER }, ...items);
      const shown = (inside: Element | undefined) =>
        (inside?.getChildren("item") ?? []).map((item) => ({
          ...{ jid: item.attrs.jid, name: item.attrs.name, subscription: item.attrs.subscription },
          groups: item.getChildren("group").map((group) => group.getText()),
        }));
      const bare = (): string => `juliet@${server.domain}`;
      const roster = async () => shown((await juliet.ask("get", bare(), query())).getChild("query"));
      const caller = (number: string): string => `${number}@${server.component}`;
      const isPush = (stanza: Element): boolean => stanza.getChild("query", ROSTER) !== undefined;

      /** What a device hears of a call, in its order, until the proposal, and the name that comes with that. */
      const hears = async (number: string, called: string): Promise<{ pushed: unknown[]; nick: unknown }> => {
        juliet.messages.rest();
        const said = [`P-Asserted-Identity: "${called}" <tel:${number}>`];
        const call = phone.call(`sip:line@127.0.0.1:${gateway.sipPort}`, said);
        await call.invite();
        const pushed: unknown[] = [];
        for (;;) {
          const wanted = (each: Element): boolean => isPush(each) || payload(each)?.getName() === "propose";
          const stanza = await juliet.messages.next(wanted, "a push or a proposal");
          if (isPush(stanza)) pushed.push(...shown(stanza.getChild("query")));
          else {
            await call.cancel();
            await juliet.messages.next((each) => payload(each)?.getName() === "retract", "retract");
            return { pushed, nick: stanza.getChildText("nick") };
          }
        }
      };
      const item = (number: string, called: string, groups = ["Callers"]) => [
        { jid: caller(number), name: called, subscription: "none", groups },
      ];

      // proves: K36
      test("is granted access to rosters by the server", async () => {
        await hasLogged(gateway, `"event":"roster.access","host":"${server.domain}","access":"both"`);
      });

      const contact = (number: string, called: string) =>
        juliet.ask("set", bare(), query(xml("item", { jid: caller(number), name: called })));

      if (!mayWrite) {
        // proves: K37, P17
        test("rings by the user's own words for a contact, which the server lets us read", async () => {
          await contact("+4930222", "Work");
          expect(await hears("+4930222", "ACME")).toEqual({ pushed: [], nick: "ACME" });
          expect(gateway.log()).not.toContain("roster.unnamed");
        });

        // proves: K38
        test("rings all the same where the server refuses to write, and the log says why", async () => {
          expect(await hears("+4930111", "Anna Schmidt")).toEqual({ pushed: [], nick: "Anna Schmidt" });
          await hasLogged(gateway, '"event":"roster.unnamed"');
          expect(gateway.log()).toContain("the server says internal-server-error");
        });
        return;
      }

      // proves: K36, P17
      test("is pushed to a device with the name, and then proposes; the next time the item is there", async () => {
        const added = item("+4930111", "Anna Schmidt");
        expect(await hears("+4930111", "Anna Schmidt")).toEqual({ pushed: added, nick: "Anna Schmidt" });
        expect(await roster()).toEqual(added);
        expect(await hears("+4930111", "Anna Schmidt")).toEqual({ pushed: [], nick: "Anna Schmidt" });
      });

      // proves: K37
      test("has another name later: that is pushed, too", async () => {
        const { pushed } = await hears("+4930111", "Anna Müller-Schmidt");
        expect(pushed).toEqual(item("+4930111", "Anna Müller-Schmidt"));
      });

      // proves: K37
      test("whom the user has renamed keeps the user's name, and so does a contact of the user's", async () => {
        const renamed = xml("item", { jid: caller("+4930111"), name: "Mum" }, xml("group", {}, "Callers"));
        await juliet.ask("set", bare(), query(renamed));
        await contact("+4930222", "Work");
        expect((await hears("+4930111", "Anna Schmidt")).pushed).toEqual([]);
        expect((await hears("+4930222", "ACME")).pushed).toEqual([]);
        expect((await roster()).map(({ name: called }) => called).toSorted()).toEqual(["Mum", "Work"]);
      });
    },
  );
}
