/**
 * What the server's module remembers of sessions has its bounds, for each user and for the host: nobody's many sessions
 * push out those of others. Seen by proposals of files, which are left alone as long as they are remembered; what is not
 * is handed over.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Element } from "@xmpp/xml";
import { DISCO_INFO, JINGLE_MESSAGE } from "../../protocol/xmpp/namespaces.ts";
import { Component, inside } from "../support/component.ts";
import { Device } from "../support/device.ts";
import { hearsMessage, saysMessage } from "../support/jingle-messages.ts";
import type { XmppServer } from "../support/prosody.ts";
import { SERVERS } from "./scenarios-world.ts";

/** Ten thousand proposals are much for a busy machine: the limits of these tests are long. */
const OF_HOST = 10_000;
const OF_USER = 100;
const OF_DOMAIN = 1_000;
/** So many users that a domain's share is full before theirs are. */
const MANY = Array.from({ length: 11 }, (_, index) => `user${index}`);
const FILE = "<description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/>";
const HANDED_OVER = ["delegation", "forwarded", "message"];

for (const { name, missing, start } of SERVERS)
  describe.skipIf(missing !== undefined)(
    `the bounds of the module of ${name}${missing ? ` (left out: ${missing})` : ""}`,
    () => {
      let server: XmppServer;
      let gateway: Component;
      let stranger: Component;
      let alice: Device;
      let bob: Device;
      let mallory: Device;

      beforeAll(async () => {
        server = await start(["alice", "bob", "mallory", ...MANY], { intercept: true, timeout: 3 });
        gateway = await Component.start(server, server.component);
        stranger = await Component.start(server, `other.${server.domain}`);
        [alice, bob, mallory] = [
          new Device(server, "alice", "desk"),
          new Device(server, "bob", "desk"),
          new Device(server, "mallory", "lair"),
        ];
        await Promise.all([alice, bob, mallory].map((device) => device.start()));
      }, 300_000);
      afterAll(async () => {
        for (const device of [alice, bob, mallory]) await device?.stop();
        for (const component of [gateway, stranger]) component?.stop();
        await server?.stop();
      });

      const offers = async (from: Device, ids: readonly string[]) => {
        for (const id of ids) void saysMessage(from, bob.jid, "propose", id, FILE);
        await hearsMessage(bob, "propose", ids.at(-1));
        bob.messages.rest();
      };
      const spoken = (from: string, id: string) =>
        `<message from='${server.component}' to='${server.domain}'><privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' from='${from}' to='${bob.jid}'><propose xmlns='urn:xmpp:jingle-message:0' id='${id}'>${FILE}</propose></message></forwarded></privilege></message>`;
      const many = (of: string, number: number) => Array.from({ length: number }, (_, index) => `${of}-${index}`);
      const isLeftAlone = async (from: Device, id: string) => {
        await saysMessage(from, bob.jid, "retract", id);
        expect((await hearsMessage(bob, "retract", id)).attrs.from).toBe(from.jid);
      };
      const isHandedOver = async (from: Device, id: string) => {
        await saysMessage(from, bob.jid, "retract", id);
        const handed = inside(await gateway.next("message", ...HANDED_OVER, "retract"), HANDED_OVER);
        expect([handed?.attrs.from, handed?.getChild("retract")?.attrs.id]).toEqual([from.jid, id]);
      };

      // proves: X15
      test("a user's newest pushes out that user's oldest", async () => {
        const ids = many("a", OF_USER + 1);
        await offers(alice, ids);
        await isHandedOver(alice, "a-0");
        await isLeftAlone(alice, "a-1");
        await isLeftAlone(alice, `a-${OF_USER}`);
      }, 300_000);

      // proves: X15
      test("what is offered again is not counted twice", async () => {
        await offers(alice, many("b", OF_USER));
        await offers(alice, ["b-1", "b-1"]);
        await isLeftAlone(alice, "b-0");
        await offers(alice, ["b-new"]);
        await isHandedOver(alice, "b-0");
        await isLeftAlone(alice, "b-1");
      }, 300_000);

      // proves: X15
      test("what others do pushes nothing of a user's out: neither more than the host remembers, nor strangers", async () => {
        await offers(alice, ["c"]);
        await offers(mallory, many("m", OF_HOST + 1));
        for (const id of many("s", OF_USER + 1))
          stranger.send(
            `<message type='chat' from='romeo@other.${server.domain}/orchard' to='${alice.jid}'><propose xmlns='urn:xmpp:jingle-message:0' id='${id}'>${FILE}</propose></message>`,
          );
        await hearsMessage(alice, "propose", `s-${OF_USER}`);
        await isLeftAlone(alice, "c");
        await isHandedOver(mallory, "m-0");
        await isLeftAlone(mallory, `m-${OF_HOST}`);
      }, 300_000);

      // proves: X15
      test("what strangers of one domain offer to all users has a share of its own", async () => {
        const users = MANY.map((user) => new Device(server, user, "desk"));
        for (const user of users) await user.start();
        await offers(alice, ["k"]);
        const romeo = `romeo@other.${server.domain}/orchard`;
        const answers = async (from: Device | undefined, id: string) => {
          await from?.send(
            Device.element(`<message to='${romeo}'><reject xmlns='${JINGLE_MESSAGE}' id='${id}'/></message>`),
          );
        };
        for (let at = 0; at <= OF_DOMAIN; at++)
          stranger.send(
            `<message type='chat' from='${romeo}' to='${users[at % users.length]?.jid}'><propose xmlns='${JINGLE_MESSAGE}' id='k-${at}'>${FILE}</propose></message>`,
          );
        const last = users[OF_DOMAIN % users.length];
        if (last) await hearsMessage(last, "propose", `k-${OF_DOMAIN}`);
        await answers(users[0], "k-0");
        const handed = inside(await gateway.next("message", ...HANDED_OVER, "reject"), HANDED_OVER);
        expect([handed?.attrs.from, handed?.getChild("reject")?.attrs.id]).toEqual([users[0]?.jid, "k-0"]);
        await answers(users[1], "k-1");
        expect((await stranger.next("message", "reject")).attrs.from).toBe(users[1]?.jid);
        await isLeftAlone(alice, "k");
        for (const user of users) await user.stop();
      }, 300_000);

      // proves: X15
      test("nor what strangers offer to more users than there are, who are none", async () => {
        await offers(alice, ["x"]);
        for (let rest = OF_HOST; rest > 0; rest--)
          stranger.send(
            `<message type='chat' from='romeo@other.${server.domain}/orchard' to='nobody${rest}@${server.domain}'><propose xmlns='urn:xmpp:jingle-message:0' id='x-${rest}'>${FILE}</propose></message>`,
          );
        await stranger.ask(server.domain, `romeo@other.${server.domain}/orchard`, "<ping xmlns='urn:xmpp:ping'/>");
        await isLeftAlone(alice, "x");
      }, 300_000);

      // proves: X15
      test("when the host remembers no more, the oldest of all gives way; but a full share makes room for its own", async () => {
        await offers(alice, ["d"]);
        await offers(mallory, many("n", OF_USER));
        // whomever the gateway speaks as here has opened that session
        for (let rest = OF_HOST - OF_USER - 1; rest > 0; rest--)
          gateway.send(spoken(`user${Math.ceil(rest / OF_USER)}@${server.domain}`, `g-${rest}`));
        await hearsMessage(bob, "propose", "g-1");
        bob.messages.rest();
        await offers(mallory, ["n-new"]);
        await isLeftAlone(alice, "d");
        await saysMessage(bob, alice.jid, "propose", "e", FILE);
        await hearsMessage(alice, "propose", "e");
        await isHandedOver(alice, "d");
      }, 300_000);

      // proves: X21
      test("the gateway's questions to a user's devices have a share, and others are asked on", async () => {
        alice.saysNothingOfItself();
        const asks = (to: Device, id: string) =>
          gateway.send(
            `<iq type='set' id='${id}' from='${server.component}' to='${server.domain}'><privileged_iq xmlns='urn:xmpp:privilege:2'><iq xmlns='jabber:client' type='get' id='-' from='${server.component}' to='${to.jid}'><query xmlns='${DISCO_INFO}'/></iq></privileged_iq></iq>`,
          );
        for (const id of many("q", OF_USER + 1)) asks(alice, id);
        const answer = (id: string) => gateway.heard.next((each) => each.attrs.id === id, `the answer to ${id}`);
        const refused = await answer(`q-${OF_USER}`);
        expect(refused.getChild("error")?.getChildElements()[0]?.getName()).toBe("resource-constraint");
        asks(bob, "q-bob");
        expect((await answer("q-bob")).attrs.type).toBe("result");
      }, 300_000);

      // proves: X21
      test("a user's questions that wait for the gateway have a share, and others are handed over", async () => {
        const ringing = (from: Device, sid: string) => from.say(bob.jid, "session-info", sid);
        const asked = many("w", OF_USER).map((sid) => ringing(alice, sid).catch((error) => error.condition));
        await expect(ringing(alice, "w-more")).rejects.toMatchObject({ condition: "resource-constraint" });
        const others = ringing(mallory, "w-other").catch((error) => error.condition);
        const path = ["delegation", "forwarded", "iq"];
        const isMallorys = (each: Element) => inside(each, path)?.attrs.from === mallory.jid;
        await gateway.heard.next(isMallorys, "mallory's Jingle");
        expect(new Set(await Promise.all([...asked, others]))).toEqual(new Set(["remote-server-timeout"]));
        // what has waited is given back
        const again = ringing(alice, "w-again");
        await expect(again).rejects.toMatchObject({ condition: "remote-server-timeout" });
      }, 300_000);
    },
  );
