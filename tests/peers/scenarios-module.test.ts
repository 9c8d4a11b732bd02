/**
 * What the server's module lets whom say, with a component of the test's own in the gateway's place: the wrappers, the
 * checks, and silence.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import xml, { type Element } from "@xmpp/xml";
import { Component, inside } from "../support/component.ts";
import { Device } from "../support/device.ts";
import type { LocalServer } from "../support/prosody.ts";
import { FILE, OFFER, reason } from "./scenarios-texts.ts";
import { hears, SERVERS } from "./scenarios-world.ts";

const MESSAGES = "urn:xmpp:jingle-message:0";
const JINGLE = "urn:xmpp:jingle:1";
const PROPOSED = ["delegation", "forwarded", "message", "propose"];

const jingle = (action: string, sid: string, content = ""): string =>
  `<jingle xmlns='${JINGLE}' action='${action}' sid='${sid}'>${content}</jingle>`;
const propose = (id: string, namespace = "urn:xmpp:jingle:apps:rtp:1"): string =>
  `<propose xmlns='${MESSAGES}' id='${id}'><description xmlns='${namespace}' media='audio'/></propose>`;
const spoken = (from: string, to: string, content: string, type = "set"): string =>
  `<privileged_iq xmlns='urn:xmpp:privilege:2'><iq xmlns='jabber:client' type='${type}' id='-' from='${from}' to='${to}'>${content}</iq></privileged_iq>`;
const spokenMessage = (from: string, to: string, content: string): string =>
  `<privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' id='m' from='${from}' to='${to}'>${content}</message></forwarded></privilege>`;

for (const { name, missing, start } of SERVERS)
  describe.skipIf(missing !== undefined)(`the module of ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    let server: LocalServer;
    let gateway: Component;
    let stranger: Component;
    let alice: Device;
    let bob: Device;
    let tablet: Device;

    beforeAll(async () => {
      server = await start(["alice", "bob"], { intercept: true, timeout: 2, speaksAs: ["pbx.test"] });
      gateway = await Component.start(server, server.component);
      stranger = await Component.start(server, `other.${server.domain}`);
      [alice, bob, tablet] = [
        new Device(server, "alice", "phone"),
        new Device(server, "bob", "desk"),
        new Device(server, "bob", "tablet"),
      ];
      for (const device of [alice, bob, tablet]) await device.start();
    }, 120_000);
    afterAll(async () => {
      for (const device of [alice, bob, tablet]) await device?.stop();
      for (const component of [gateway, stranger]) component?.stop();
      await server?.stop();
    });

    const handedOver = (...path: readonly string[]) => gateway.next("iq", "delegation", "forwarded", "iq", ...path);
    /** The action and sid of the next Jingle of that device that is handed over. */
    const nextHandedOver = async (from: string) => {
      const iq = inside(await handedOver("jingle"), ["delegation", "forwarded", "iq"]);
      expect(iq?.attrs.from).toBe(from);
      const said = iq?.getChild("jingle")?.attrs;
      return [said?.action, said?.sid];
    };
    /** That this, said by alice to bob, comes to the gateway, which leaves it without an answer here. */
    const expectHandedOver = async (action: string, sid: string, content = "") => {
      const asked = alice.say(bob.jid, action, sid, content);
      await expect(asked).rejects.toMatchObject({ condition: "remote-server-timeout" });
      expect(await nextHandedOver(alice.jid)).toEqual([action, sid]);
    };
    const asGateway = (content: string) => gateway.ask(server.domain, server.component, content);
    const conditionOf = (stanza: Awaited<ReturnType<typeof asGateway>>) =>
      stanza.getChild("error")?.getChildElements()[0]?.getName();

    test("the host says that it is here, and for whom", async () => {
      const query = xml("query", { xmlns: "http://jabber.org/protocol/disco#info" });
      const info = (await alice.ask("get", server.domain, query)).getChild("query");
      expect(info?.getChildren("feature").map(({ attrs }) => attrs.var)).toContain("urn:xmpp:jingle-sip:0");
      const field = info
        ?.getChildren("x")
        .flatMap((form) => form.getChildren("field"))
        .find(({ attrs }) => attrs.var === "component");
      expect(field?.getChildText("value")).toBe(server.component);
    });

    test("Jingle of a user is handed over, and answered as from whom it was for, whatever the answer says", async () => {
      const asked = alice.say(bob.jid, "session-initiate", "m1", OFFER);
      const outer = await handedOver("jingle");
      const iq = inside(outer, ["delegation", "forwarded", "iq"]);
      expect([outer.attrs.from, iq?.attrs.from, iq?.attrs.to]).toEqual([server.domain, alice.jid, bob.jid]);
      gateway.send(
        `<iq type='result' id='${outer.attrs.id}' from='${server.component}' to='${server.domain}'><delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' type='result' id='forged' from='eve@evil.test' to='${bob.jid}'/></forwarded></delegation></iq>`,
      );
      expect((await asked).attrs).toMatchObject({ from: bob.jid, to: alice.jid, type: "result" });
    });

    test("what the gateway does not take is routed as ever", async () => {
      const asked = alice.say(bob.jid, "session-info", "m2", "<ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>");
      const { attrs } = await handedOver("jingle");
      gateway.send(
        `<iq type='error' id='${attrs.id}' from='${server.component}' to='${server.domain}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
      );
      expect((await hears(bob, "session-info", "m2")).from).toBe(alice.jid);
      await asked;
    });

    test("a gateway that does not answer: remote-server-timeout", async () => {
      const asked = alice.say(bob.jid, "session-initiate", "m3", OFFER);
      await handedOver("jingle");
      await expect(asked).rejects.toMatchObject({ condition: "remote-server-timeout" });
    });

    test("the gateway speaks as somebody, and hears the device's answer", async () => {
      const answer = await asGateway(spoken("+4930@pbx.test", bob.jid, jingle("session-initiate", "m4", OFFER)));
      expect((await hears(bob, "session-initiate", "m4")).from).toBe("+4930@pbx.test");
      const iq = inside(answer, ["privilege", "forwarded", "iq"]);
      expect(iq?.attrs).toMatchObject({ type: "result", from: bob.jid, to: "+4930@pbx.test" });
      const refused = alice.say("+4930@pbx.test", "session-accept", "m4");
      await handedOver("jingle");
      await expect(refused).rejects.toMatchObject({ condition: "remote-server-timeout" });
    });

    // proves: X12
    test("file transfer is left alone, to its end", async () => {
      await alice.say(bob.jid, "session-initiate", "f1", FILE);
      expect((await hears(bob, "session-initiate", "f1")).from).toBe(alice.jid);
      await bob.say(alice.jid, "session-accept", "f1", FILE);
      expect((await hears(alice, "session-accept", "f1")).from).toBe(bob.jid);
      await alice.say(bob.jid, "session-terminate", "f1", reason("success"));
      await hears(bob, "session-terminate", "f1");
    });

    // proves: X12
    test("a session that comes from another server is left alone, to its end", async () => {
      const romeo = `romeo@other.${server.domain}/orchard`;
      const answered = stranger.ask(bob.jid, romeo, jingle("session-initiate", "o1", OFFER));
      await hears(bob, "session-initiate", "o1");
      expect((await answered).attrs.type).toBe("result");
      const accepting = bob.say(romeo, "session-accept", "o1", OFFER);
      const accept = await stranger.next("iq", "jingle");
      expect(accept.attrs).toMatchObject({ from: bob.jid, to: romeo });
      stranger.send(`<iq type='result' id='${accept.attrs.id}' from='${romeo}' to='${bob.jid}'/>`);
      await accepting;
    });

    test("Jingle Messages are handed over, and sent as somebody; all devices of the account see what one says", async () => {
      await alice.send(
        xml("message", { to: "bob@example.test", type: "chat", id: "p" }, Device.element(propose("j1"))),
      );
      const handed = inside(await gateway.next("message", ...PROPOSED), ["delegation", "forwarded", "message"]);
      expect(handed?.attrs).toMatchObject({ from: alice.jid, to: "bob@example.test" });
      gateway.send(
        `<message from='${server.component}' to='${server.domain}'>${spokenMessage("alice@example.test", "bob@example.test", propose("j2"))}</message>`,
      );
      for (const device of [bob, tablet]) {
        const heard = await device.messages.next((each) => each.getChild("propose")?.attrs.id === "j2", "propose");
        expect(heard.attrs.from).toBe("alice@example.test");
      }
    });

    test("the gateway hears what came of a message: nobody is there to take it, or a device refuses it", async () => {
      const says = (to: string, id: string) =>
        gateway.send(
          `<message from='${server.component}' to='${server.domain}'>${spokenMessage("alice@example.test", to, propose(id))}</message>`,
        );
      const refused = async () =>
        inside(await gateway.next("message", "privilege", "forwarded", "message", "error"), [
          "privilege",
          "forwarded",
          "message",
        ]);
      says("nobody@example.test", "j4");
      expect((await refused())?.attrs).toMatchObject({ id: "m", type: "error", from: "nobody@example.test" });
      says(bob.jid, "j5");
      const heard = await bob.messages.next((each) => each.getChild("propose")?.attrs.id === "j5", "propose");
      const error = Device.element(
        "<error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      );
      const { id, from } = heard.attrs;
      await bob.send(xml("message", { type: "error", id, to: from }, ...heard.getChildElements(), error));
      expect((await refused())?.attrs).toMatchObject({ id: "m", type: "error", from: bob.jid });
    });

    test("Jingle Messages of file transfer are left alone", async () => {
      const offered = Device.element(propose("j3", "urn:xmpp:jingle:apps:file-transfer:5"));
      await alice.send(xml("message", { to: bob.jid, type: "chat" }, offered));
      const heard = await bob.messages.next((each) => each.getChild("propose")?.attrs.id === "j3", "propose");
      expect(heard.attrs.from).toBe(alice.jid);
    });

    // proves: X13
    test("a sid that was a file transfer's takes no call past the gateway", async () => {
      await alice.say(bob.jid, "session-initiate", "z1", FILE);
      await hears(bob, "session-initiate", "z1");
      await expectHandedOver("session-initiate", "z1", OFFER);
    });

    // proves: X13
    test("nor does a content of RTP, added to a file transfer", async () => {
      await alice.say(bob.jid, "session-initiate", "z2", FILE);
      await hears(bob, "session-initiate", "z2");
      await expectHandedOver("content-add", "z2", OFFER);
    });

    // proves: X13
    test("a file transfer that has ended is forgotten, but for the finish of its proposal", async () => {
      await alice.say(bob.jid, "session-initiate", "z3", FILE);
      await alice.say(bob.jid, "session-terminate", "z3", reason("success"));
      await hears(bob, "session-terminate", "z3");
      const finish = Device.element(`<finish xmlns='${MESSAGES}' id='z3'/>`);
      await alice.send(xml("message", { to: bob.jid, type: "chat" }, finish));
      const heard = await bob.messages.next((each) => each.getChild("finish")?.attrs.id === "z3", "finish");
      expect(heard.attrs.from).toBe(alice.jid);
      await expectHandedOver("session-info", "z3");
    });

    // proves: X13
    test("a file transfer of the same sid does not set a call of the gateway's aside", async () => {
      await asGateway(spoken("alice@example.test", bob.jid, jingle("session-initiate", "z4", OFFER)));
      await hears(bob, "session-initiate", "z4");
      await expectHandedOver("session-initiate", "z4", FILE);
      const asked = bob.say("alice@example.test", "session-terminate", "z4", reason("success"));
      expect(await nextHandedOver(bob.jid)).toEqual(["session-terminate", "z4"]);
      await expect(asked).rejects.toMatchObject({ condition: "remote-server-timeout" });
    });

    test.each([
      // proves: X14
      ["a proposal of type chat is handed over", "chat"],
      ["one of type normal, too", "normal"],
      // proves: X14
      ["one of type headline, too", "headline"],
      // proves: X14
      ["one of type groupchat, too", "groupchat"],
    ])("%s", async (_, type) => {
      await alice.send(xml("message", { to: bob.jid, type, id: "t" }, Device.element(propose(`t-${type}`))));
      const handed = inside(await gateway.next("message", ...PROPOSED), PROPOSED);
      expect(handed?.attrs.id).toBe(`t-${type}`);
    });

    const bobs = "bob@example.test/desk";
    test.each([
      ["a chat message", spoken("alice@example.test", bobs, "<body>hello</body>"), "forbidden"],
      ["a roster", spoken("alice@example.test", bobs, "<query xmlns='jabber:iq:roster'/>"), "forbidden"],
      ["something to another domain", spoken(bobs, "eve@pbx.test/x", jingle("session-info", "c1")), "forbidden"],
      ["something to nobody", spoken("alice@example.test", "", jingle("session-info", "c1")), "forbidden"],
      ["an answer", spoken("alice@example.test", bobs, jingle("session-info", "c1"), "result"), "forbidden"],
      ["nothing at all", "<privileged_iq xmlns='urn:xmpp:privilege:2'/>", "forbidden"],
      [
        "Jingle to a device that is gone",
        spoken("alice@example.test", "bob@example.test/gone", jingle("session-info", "c1")),
        "recipient-unavailable",
      ],
    ])("the gateway may not send as somebody: %s", async (_, content, condition) => {
      expect(conditionOf(await asGateway(content))).toBe(condition);
    });

    test.each([
      ["chat", `<body>hello</body>${propose("c2")}`],
      ["no Jingle Message", "<x xmlns='urn:example'/>"],
    ])("nor a message with %s", async (_, content) => {
      const message = spokenMessage("alice@example.test", "bob@example.test", content);
      gateway.send(`<message id='c2' from='${server.component}' to='${server.domain}'>${message}</message>`);
      const refused = await gateway.heard.next((each) => each.is("message") && each.attrs.type === "error", "error");
      expect(conditionOf(refused)).toBe("forbidden");
    });

    // proves: X11
    test("another component may speak as nobody", async () => {
      const content = spoken("alice@example.test", bob.jid, jingle("session-initiate", "c3", OFFER));
      const refused = await stranger.ask(server.domain, `other.${server.domain}`, content);
      expect(conditionOf(refused)).toBe("forbidden");
    });

    // proves: X11
    test("nor one in the gateway's name, where the server checks no addresses", async () => {
      const loose = await Component.start(server, `loose.${server.domain}`);
      // Prosody answers by the connection, ejabberd by the address
      const refusal = (id: string) => {
        const isIt = (each: Element): boolean => each.attrs.id === id;
        return Promise.race([loose.heard.next(isIt, "error"), gateway.heard.next(isIt, "error")]);
      };
      const iq = (content: string) =>
        `<iq type='set' id='l1' from='${server.component}' to='${server.domain}'>${content}</iq>`;
      loose.send(iq(spoken("alice@example.test", bob.jid, jingle("session-initiate", "l1", OFFER))));
      expect(conditionOf(await refusal("l1"))).toBe("forbidden");
      const message = spokenMessage("alice@example.test", bob.jid, propose("l2"));
      loose.send(`<message id='l2' from='${server.component}' to='${server.domain}'>${message}</message>`);
      expect(conditionOf(await refusal("l2"))).toBe("forbidden");
      loose.stop();
    });

    // proves: X19
    test.each([
      ["an address of its own", "+4930@sip.example.test/sip", undefined],
      ["its own domain", "sip.example.test", undefined],
      ["a phone of the module's option", "carol@pbx.test", undefined],
      ["a user of the host", "romeo@example.test/orchard", undefined],
      ["the host itself", "example.test", "forbidden"],
      ["somebody of another server", "mallory@elsewhere.test", "forbidden"],
      ["a domain that looks like one that may be", "mallory@not-pbx.test", "forbidden"],
      ["another component's", "eve@other.example.test", "forbidden"],
    ])("the gateway speaks as %s: %s", async (_, from, condition) => {
      const sid = `as-${from}`;
      const answer = await asGateway(spoken(from, bob.jid, jingle("session-initiate", sid, OFFER)));
      expect(conditionOf(answer)).toBe(condition);
      const message = spokenMessage(from, bob.jid, propose(sid));
      gateway.send(`<message id='${sid}' from='${server.component}' to='${server.domain}'>${message}</message>`);
      if (condition === undefined) {
        expect((await hears(bob, "session-initiate", sid)).from).toBe(from);
        const heard = await bob.messages.next((each) => each.getChild("propose")?.attrs.id === sid, "propose");
        expect(heard.attrs.from).toBe(from);
      } else {
        const refused = await gateway.heard.next((each) => each.is("message") && each.attrs.id === sid, "error");
        expect(conditionOf(refused)).toBe(condition);
      }
    });

    // proves: X19
    test("as somebody of another server in a call that a user has made to that one, and in no other", async () => {
      const eve = "eve@elsewhere.test";
      const asked = alice.say(eve, "session-initiate", "e1", OFFER);
      expect(await nextHandedOver(alice.jid)).toEqual(["session-initiate", "e1"]);
      await expect(asked).rejects.toMatchObject({ condition: "remote-server-timeout" });
      const says = async (to: string, sid: string) =>
        conditionOf(await asGateway(spoken(eve, to, jingle("session-info", sid))));
      expect([await says(alice.jid, "e1"), await says(alice.jid, "e2"), await says(bob.jid, "e1")]).toEqual([
        undefined,
        "forbidden",
        "forbidden",
      ]);
      expect((await hears(alice, "session-info", "e1")).from).toBe(eve);
    });

    // proves: X12
    test("what only looks like Jingle, from another server, sets no session aside", async () => {
      const romeo = `romeo@other.${server.domain}/orchard`;
      const looks = `<jingle xmlns='urn:example' action='session-initiate' sid='n1'>${OFFER}</jingle>`;
      await stranger.ask(bob.jid, romeo, looks);
      stranger.send(
        `<message type='error' from='${romeo}' to='${bob.jid}'>${propose("n1")}<error type='cancel'/></message>`,
      );
      const asked = bob.say(romeo, "session-accept", "n1", OFFER);
      await expect(asked).rejects.toMatchObject({ condition: "remote-server-timeout" });
      expect(await nextHandedOver(bob.jid)).toEqual(["session-accept", "n1"]);
    });

    // proves: X20
    test("presence is told as priority and caps alone", async () => {
      const caps = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n' ver='v'/>";
      const more = `<status>at the notary</status><show>away</show><x xmlns='vcard-temp:x:update'><photo>0f</photo></x>`;
      const loud = `<presence><priority>7</priority>${caps}${more}<idle xmlns='urn:xmpp:idle:1' since='2026-01-01T00:00:00Z'/></presence>`;
      const quiet = new Device(server, "alice", "quiet");
      const told = () => gateway.heard.next((each) => each.is("presence") && each.attrs.from === quiet.jid, "presence");
      await quiet.startWith(Device.element(loud));
      const here = await told();
      const children = here.getChildElements().sort((one, other) => one.getName().localeCompare(other.getName()));
      expect(children.map((each) => [each.getName(), each.getNS(), each.text()])).toEqual([
        ["c", "http://jabber.org/protocol/caps", ""],
        ["priority", "jabber:component:accept", "7"],
      ]);
      expect(children[0]?.attrs).toMatchObject({ hash: "sha-1", node: "urn:n", ver: "v" });
      await quiet.send(Device.element("<presence type='unavailable'><status>out of town</status></presence>"));
      const gone = await told();
      expect([gone.attrs.type, gone.getChildElements().length]).toEqual(["unavailable", 0]);
      await quiet.stop();
    });

    // proves: X15
    test("a file transfer outlives a reload of the module", async () => {
      await alice.say(bob.jid, "session-initiate", "r1", FILE);
      await hears(bob, "session-initiate", "r1");
      await server.reloadModule();
      await bob.say(alice.jid, "session-accept", "r1", FILE);
      expect((await hears(alice, "session-accept", "r1")).from).toBe(bob.jid);
    });

    // Prosody takes no IQ of two elements
    if (name === "ejabberd")
      // proves: X13
      test("a call beside another element in its stanza goes to the gateway, too", async () => {
        const iq = xml("iq", { type: "set", to: bob.jid, id: "two" });
        iq.append(Device.element(jingle("session-initiate", "t1", OFFER)));
        iq.append(Device.element("<x xmlns='urn:example'/>"));
        await alice.send(iq);
        expect(await nextHandedOver(alice.jid)).toEqual(["session-initiate", "t1"]);
      });

    if (name === "ejabberd")
      // proves: X22
      test("a user's session goes on while the module's process is busy", async () => {
        const goesOn = await server.holdModule?.();
        try {
          await alice.say(bob.jid, "session-initiate", "w1", FILE);
          await bob.say(alice.jid, "session-accept", "w1", FILE);
          expect((await hears(alice, "session-accept", "w1")).from).toBe(bob.jid);
        } finally {
          await goesOn?.();
        }
      });

    // proves: X11
    test("nor may a user", async () => {
      const content = Device.element(spoken("bob@example.test", alice.jid, jingle("session-initiate", "c4", OFFER)));
      await expect(alice.ask("set", server.domain, content)).rejects.toMatchObject({ condition: "forbidden" });
    });

    // proves: X11
    test("a component that claims a user's address loses its stream", async () => {
      const liar = await Component.start(server, `liar.${server.domain}`);
      liar.send(`<message from='alice@example.test/phone' to='${bob.jid}'><body>hello</body></message>`);
      expect(await liar.lost.next(undefined, "the end of the stream")).toContain("invalid-from");
      liar.stop();
    });

    // proves: X12
    test("whom a user has blocked does not get through", async () => {
      const block = (action: string) =>
        Device.element(`<${action} xmlns='urn:xmpp:blocking'><item jid='eve@pbx.test'/></${action}>`);
      await bob.ask("set", "bob@example.test", block("block"));
      const answer = await asGateway(spoken("eve@pbx.test", bob.jid, jingle("session-initiate", "b1", OFFER)));
      expect(conditionOf(inside(answer, ["privilege", "forwarded", "iq"]) ?? answer)).toBe("service-unavailable");
      await expect(bob.say("eve@pbx.test/x", "session-initiate", "b2", OFFER)).rejects.toMatchObject({
        condition: "not-acceptable",
      });
      await bob.ask("set", "bob@example.test", block("unblock"));
    });
  });
