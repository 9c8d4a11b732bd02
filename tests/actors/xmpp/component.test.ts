/** The component's stream and what it answers by itself: XEP-0114, XEP-0030, XEP-0115, XEP-0199, RFC 6120 §8, RFC 6121. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import xml from "@xmpp/xml";
import type { Answer } from "../../../actors/xmpp/requests.ts";
import { changed } from "../../support/changed.ts";
import { component, DOMAIN, SERVER } from "./scene.ts";

const PHONE = `bob@${DOMAIN}`;

describe("the stream (XEP-0114 §3)", () => {
  test("proves its secret and is online", async () => {
    const { events, xmpp } = await component();
    const proof = createHash("sha1").update("abcs3cret").digest("hex");
    expect([events.slice(1), xmpp.online]).toEqual([[`handshake ${proof}`, "online"], true]);
  });

  test("refused the first time, it gives up and says why", async () => {
    const { events, clock } = await component("refuses us");
    await clock.advance(600_000);
    expect(events.filter((event) => !event.startsWith("handshake"))).toEqual([
      expect.stringMatching(/^connected/),
      "refused: the server says not-authorized",
    ]);
  });

  test("refused after it was online once, it keeps trying", async () => {
    const it = await component();
    it.state.manner = "refuses us";
    it.wire.cut();
    await it.clock.advance(5_000);
    expect(it.events.filter((event) => event.startsWith("connected")).length).toBeGreaterThan(2);
    it.state.manner = "takes us";
    await it.clock.advance(60_000);
    expect(it.xmpp.online).toBe(true);
  });

  test("comes back later each time, 30 seconds at most", async () => {
    const { wire, clock, logged } = await component();
    wire.refuses.add(`${SERVER.host}:${SERVER.port}`);
    wire.cut();
    await clock.advance(200_000);
    const waits = logged.filter(({ event }) => event === "xmpp.offline").map(({ retryIn }) => retryIn);
    expect(waits.slice(0, 9)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test("is not stuck on a server that says nothing", async () => {
    const it = await component("says nothing");
    it.state.manner = "takes us";
    await it.clock.advance(6_000);
    expect(it.xmpp.online).toBe(true);
  });

  test("notices a server that has fallen silent, by a ping", async () => {
    const it = await component("falls silent");
    await it.clock.advance(41_000);
    expect(it.events).toContain("offline: the server does not answer");
  });

  test("stays on a server that answers", async () => {
    const { clock, events, xmpp } = await component();
    await clock.advance(600_000);
    expect([events.length, xmpp.online]).toEqual([3, true]);
  });

  test("is closed with a stream error when the server sends something that is not XML", async () => {
    const it = await component();
    await it.say("<iq></message>");
    expect(it.events.some((event) => event.startsWith("offline: not-well-formed"))).toBe(true);
  });

  test("ends quietly, and leaves no timer", async () => {
    const { clock, xmpp } = await component();
    xmpp.stop();
    await clock.advance(100);
    expect([xmpp.online, clock.armed]).toEqual([false, 0]);
  });
});

describe("a question of ours", () => {
  // proves: H7
  test("fails at once if 10,000 already wait for the same user, and is sent to another user", async () => {
    const { xmpp, clock, stanzas } = await component("takes us", { split: 65_536 });
    const answers: Answer[] = [];
    const ask = (to: string): void =>
      void xmpp.request({ to, from: PHONE, payload: xml("q") }, (answer) => answers.push(answer));
    for (let count = 0; count < 10_001; count++) ask(`juliet@example.org/${count}`);
    ask("romeo@example.org/orchard");
    await clock.advance(2_000);
    expect(answers).toEqual([{ type: "error", condition: "resource-constraint" }]);
    expect(stanzas.filter(({ attrs }) => attrs.type === "set")).toHaveLength(10_001);
    await clock.advance(40_000);
    ask("juliet@example.org/0");
    await clock.advance(100);
    expect(answers.filter(({ type }) => type === "error")).toHaveLength(1);
  });

  const ask = async (it: Awaited<ReturnType<typeof component>>, reply?: (id: string) => string): Promise<Answer[]> => {
    const answers: Answer[] = [];
    it.xmpp.request(
      { to: "juliet@example.org/x", from: `bob@${DOMAIN}`, payload: xml("q") },
      (answer) => void answers.push(answer),
    );
    expect(answers).toEqual([]); // told later, never before the question has been asked
    await it.clock.advance(10);
    const id = String(it.stanzas.at(-1)?.attrs.id);
    if (reply) await it.say(reply(id));
    await it.clock.advance(31_000);
    return answers;
  };

  test.each<[string, (id: string) => string, Answer]>([
    [
      "a result",
      (id) => `<iq type='result' id='${id}' from='juliet@example.org/x' to='bob@${DOMAIN}'/>`,
      { type: "result" },
    ],
    [
      "an error, by its condition",
      (id) =>
        `<iq type='error' id='${id}' from='juliet@example.org/x' to='bob@${DOMAIN}'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
      { type: "error", condition: "gone" },
    ],
    [
      "silence, when somebody else answers",
      (id) => `<iq type='result' id='${id}' from='mallory@example.org/x' to='bob@${DOMAIN}'/>`,
      { type: "silence" },
    ],
  ])("is answered with %s, once", async (_, reply, answer) => {
    expect(await ask(await component(), reply)).toEqual([answer]);
  });

  test("is answered with silence after 30 seconds", async () => {
    expect(await ask(await component())).toEqual([{ type: "silence" }]);
  });

  test("is answered at once while the stream is down, and nothing is thrown", async () => {
    const it = await component();
    it.wire.refuses.add(`${SERVER.host}:${SERVER.port}`);
    it.wire.cut();
    await it.clock.advance(10);
    expect(await ask(it)).toEqual([{ type: "offline" }]);
  });

  test("is answered when the stream is lost meanwhile", async () => {
    const it = await component();
    const answers: Answer[] = [];
    it.xmpp.request(
      { to: "juliet@example.org/x", from: `bob@${DOMAIN}`, payload: xml("q") },
      (answer) => void answers.push(answer),
    );
    it.wire.cut();
    await it.clock.advance(10);
    expect(answers).toEqual([{ type: "lost" }]);
  });
});

describe("an IQ to us is answered exactly once", () => {
  const iq = (inside: string, type = "get", to = `bob@${DOMAIN}`): string =>
    `<iq type='${type}' id='q' from='juliet@example.org/x' to='${to}'>${inside}</iq>`;
  const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

  test.each([
    // proves: C4
    ["a ping", iq("<ping xmlns='urn:xmpp:ping'/>"), "result", undefined],
    // proves: C4
    ["disco#items", iq("<query xmlns='http://jabber.org/protocol/disco#items'/>"), "result", undefined],
    [
      "disco#info of a node that is not ours",
      iq("<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>"),
      "error",
      "item-not-found",
    ],
    // proves: C4
    ["what nobody here understands", iq("<query xmlns='jabber:iq:version'/>"), "error", "service-unavailable"],
    ["a set that nobody here understands", iq("<x xmlns='y'/>", "set"), "error", "service-unavailable"],
    ["a type that is none", iq("<x xmlns='y'/>", "fetch"), "error", "bad-request"],
    [
      "Jingle, by the calls, who answer twice",
      iq("<jingle xmlns='urn:xmpp:jingle:1' action='x'/>", "set"),
      "result",
      undefined,
    ],
    [
      "Jingle, when the calls throw",
      iq("<jingle xmlns='urn:xmpp:jingle:1' action='throw'/>", "set"),
      "error",
      "internal-server-error",
    ],
    [
      "an empty prompt",
      iq("<query xmlns='jabber:iq:gateway'><prompt> </prompt></query>", "set", DOMAIN),
      "error",
      "item-not-found",
    ],
  ])("%s", async (_, text, type, condition) => {
    const { say, stanzas } = await component();
    await say(text);
    expect(stanzas.map(({ attrs }) => [attrs.type, attrs.id, attrs.to])).toEqual([[type, "q", "juliet@example.org/x"]]);
    const error = stanzas[0]?.getChild("error")?.getChildElements()[0];
    expect([error?.getName(), error?.getNS()]).toEqual(condition ? [condition, STANZAS] : [undefined, undefined]);
  });

  test.each(["result", "error"])("but a stray %s is not (RFC 6120 §8.2.3)", async (type) => {
    const { say, stanzas, xmpp } = await component();
    await say(iq("", type));
    expect([stanzas.length, xmpp.dropped.get("unsolicited IQ response")]).toEqual([0, 1]);
  });

  // proves: C7
  test("a number typed with ornaments has a JID (XEP-0100)", async () => {
    const { say, stanzas } = await component();
    await say(iq("<query xmlns='jabber:iq:gateway'><prompt>+49 (30) 555-12</prompt></query>", "set", DOMAIN));
    expect(stanzas[0]?.getChild("query")?.getChildText("jid")).toBe(`+493055512@${DOMAIN}`);
  });

  // proves: C5
  test("an error to no proposal of ours, a room's message, and one without a body are dropped and counted", async () => {
    const { say, stanzas, xmpp } = await component();
    for (const [type, inside] of [
      ["error", "<body>hi</body>"],
      ["groupchat", "<body>hi</body>"],
      ["chat", "<composing xmlns='x'/>"],
    ])
      await say(`<message type='${type}' from='juliet@example.org/x' to='bob@${DOMAIN}'>${inside}</message>`);
    expect([stanzas.length, xmpp.dropped.get("message that needs no answer")]).toEqual([0, 3]);
  });

  // proves: C5
  test("a message to a phone is refused, since nobody reads it", async () => {
    const { say, stanzas } = await component();
    await say(`<message from='juliet@example.org/x' to='bob@${DOMAIN}'><body>hi</body></message>`);
    expect(stanzas[0]?.getChild("error")?.getChild("service-unavailable")).toBeDefined();
  });
});

describe("our identity", () => {
  const features = async (to: string, video: boolean): Promise<string[]> => {
    const { say, stanzas } = await component("takes us", { video });
    await say(
      `<iq type='get' id='q' from='juliet@example.org/x' to='${to}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
    );
    const query = stanzas[0]?.getChild("query");
    return [
      ...(query?.getChildren("identity").map(({ attrs }) => `${attrs.category}/${attrs.type}`) ?? []),
      ...(query?.getChildren("feature").map(({ attrs }) => String(attrs.var)) ?? []),
    ];
  };

  test("a phone is a client that takes Jingle calls, and proposals of them (XEP-0353)", async () => {
    const said = await features(`bob@${DOMAIN}/sip`, false);
    expect(said).toContain("client/phone");
    expect(said).toContain("urn:xmpp:jingle:apps:dtls:0");
    expect(said.filter((feature) => /jingle-message|video/.test(feature))).toEqual(["urn:xmpp:jingle-message:0"]);
  });

  // proves: C1
  test("a phone and the component announce what works, and nothing else", async () => {
    const both = [
      "http://jabber.org/protocol/caps",
      "http://jabber.org/protocol/disco#info",
      ...["3264", "5576", "5888"].map((number) => `urn:ietf:rfc:${number}`),
      "urn:xmpp:jingle-message:0",
      "urn:xmpp:jingle:1",
      "urn:xmpp:jingle:apps:dtls:0",
      "urn:xmpp:jingle:apps:grouping:0",
      ...["1", "audio", "rtcp-fb:0", "rtp-hdrext:0", "ssma:0"].map((name) => `urn:xmpp:jingle:apps:rtp:${name}`),
      "urn:xmpp:jingle:dtmf:0",
      ...["ice-udp", "raw-udp"].map((name) => `urn:xmpp:jingle:transports:${name}:1`),
      "urn:xmpp:ping",
    ];
    expect(await features(`bob@${DOMAIN}/sip`, false)).toEqual(["client/phone", ...both]);
    expect(await features(DOMAIN, false)).toEqual([
      "gateway/pstn",
      "gateway/sip",
      ...[...both, "jabber:iq:gateway"].toSorted(),
    ]);
  });

  // proves: C1
  test("the component is a gateway, and announces video if configured", async () => {
    const said = await features(DOMAIN, true);
    expect(said.slice(0, 2)).toEqual(["gateway/pstn", "gateway/sip"]);
    expect(said).toContain("urn:xmpp:jingle:apps:rtp:video");
  });

  // proves: C2
  test("the hash in presence is that of what disco#info says (XEP-0115 §5.1)", async () => {
    const { say, stanzas } = await component();
    await say(`<presence type='probe' from='juliet@example.org' to='bob@${DOMAIN}'/>`);
    await say(
      `<iq type='get' id='q' from='juliet@example.org/x' to='bob@${DOMAIN}/sip'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
    );
    const [presence, info] = stanzas;
    const query = info?.getChild("query");
    const identities =
      query?.getChildren("identity").map(({ attrs }) => `${attrs.category}/${attrs.type}//${attrs.name}<`) ?? [];
    const said = query?.getChildren("feature").map(({ attrs }) => `${attrs.var}<`) ?? [];
    const hash = createHash("sha1")
      .update([...identities.toSorted(), ...said.toSorted()].join(""))
      .digest("base64");
    expect([presence?.attrs.from, presence?.getChild("c")?.attrs.ver]).toEqual([`bob@${DOMAIN}/sip`, hash]);
  });
});

describe("presence", () => {
  const presence = (inside: string, from = "juliet@example.org/x"): string =>
    `<presence from='${from}' to='${DOMAIN}'${inside}`;

  // proves: C6
  test("a device of priority 0 or more can be called, until it leaves", async () => {
    const { say, xmpp, events } = await component();
    await say(presence("/>") + presence("><priority>-1</priority></presence>", "juliet@example.org/y"));
    expect(xmpp.reach("juliet@example.org", PHONE).direct).toEqual(["juliet@example.org/x"]);
    await say(presence(" type='unavailable'/>"));
    expect([xmpp.reach("juliet@example.org", PHONE).direct, events.at(-1)]).toEqual([[], "juliet@example.org/x left"]);
  });

  // proves: P14
  test("a user whose presence is unknown is probed by the component and by the calling phone", async () => {
    const { say, xmpp, stanzas, came, clock } = await component();
    expect(xmpp.reach("juliet@example.org", PHONE)).toEqual({ isOnline: false, direct: [], byProposal: true });
    await clock.advance(10);
    expect(stanzas.map(({ attrs }) => [attrs.type, attrs.from, attrs.to])).toEqual([
      ["probe", DOMAIN, "juliet@example.org"],
      ["probe", PHONE, "juliet@example.org"],
    ]);
    await say(presence("/>"));
    expect(came).toEqual(["juliet@example.org/x"]);
    xmpp.reach("juliet@example.org", PHONE);
    await clock.advance(10);
    expect(stanzas).toHaveLength(2);
  });

  // proves: C6
  test("a presence without a device is nobody to be called", async () => {
    const { say, xmpp } = await component();
    await say(presence("/>", "juliet@example.org"));
    expect(xmpp.reach("juliet@example.org", PHONE)).toEqual({ isOnline: false, direct: [], byProposal: true });
  });

  // proves: C3
  test("a subscription is accepted, answered with presence, and returned", async () => {
    const { say, stanzas } = await component();
    await say(`<presence type='subscribe' from='juliet@example.org' to='bob@${DOMAIN}'/>`);
    expect(stanzas.map(({ attrs }) => [attrs.type, attrs.from, attrs.to])).toEqual([
      ["subscribed", `bob@${DOMAIN}`, "juliet@example.org"],
      [undefined, `bob@${DOMAIN}/sip`, "juliet@example.org"],
      ["subscribe", `bob@${DOMAIN}`, "juliet@example.org"],
    ]);
  });

  // proves: C3
  test("who unsubscribes is told so, and what has become of our own subscription changes nothing", async () => {
    const { say, stanzas, xmpp } = await component();
    await say(presence("/>"));
    for (const type of ["unsubscribe", "unsubscribed", "subscribed"])
      await say(`<presence type='${type}' from='juliet@example.org/x' to='bob@${DOMAIN}'/>`);
    expect(stanzas.map(({ attrs }) => [attrs.type, attrs.from, attrs.to])).toEqual([
      ["unsubscribed", `bob@${DOMAIN}`, "juliet@example.org"],
    ]);
    expect(xmpp.reach("juliet@example.org", PHONE).direct).toEqual(["juliet@example.org/x"]);
  });

  test("Prosody's receipt for our subscription, `unavailable` from the bare JID, takes nobody offline", async () => {
    const { say, xmpp } = await component();
    await say(`${presence("/>")}<presence type='unavailable' from='juliet@example.org' to='bob@${DOMAIN}'/>`);
    expect(xmpp.reach("juliet@example.org", PHONE).direct).toEqual(["juliet@example.org/x"]);
  });

  test("a stranger's presence is dropped and counted", async () => {
    const { say, xmpp, stanzas } = await component();
    await say(presence(" type='subscribe'/>", "mallory@elsewhere.example/x"));
    expect([stanzas.length, xmpp.dropped.get("presence from a domain not served")]).toEqual([0, 1]);
  });

  // proves: C6
  test("when the stream is back, known users are probed again", async () => {
    const it = await component();
    await it.say(presence("/>"));
    it.wire.cut();
    await it.clock.advance(2_000);
    expect(it.stanzas.map(({ attrs }) => [attrs.type, attrs.from, attrs.to])).toEqual([
      ["probe", DOMAIN, "juliet@example.org"],
    ]);
  });
});

describe("intercepting, the server's module is looked for when the stream comes up", () => {
  const answer = async (inside: string, type = "result") => {
    const { say, stanzas, logged } = await component("takes us", { mode: "intercept" });
    const asked = stanzas.find(({ attrs }) => attrs.to === "example.org");
    await say(`<iq type='${type}' id='${asked?.attrs.id}' from='example.org' to='${DOMAIN}'>${inside}</iq>`);
    return logged.find(({ event }) => event.startsWith("module."));
  };
  const features = (...names: string[]) =>
    `<query xmlns='http://jabber.org/protocol/disco#info'>${names.map((name) => `<feature var='${name}'/>`).join("")}</query>`;
  const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
  const module = (component: string) =>
    changed(
      features("urn:xmpp:jingle-sip:0"),
      "</query>",
      `<x xmlns='jabber:x:data' type='result'>${field("FORM_TYPE", "urn:xmpp:jingle-sip:0")}${field("component", component)}</x></query>`,
    );

  test.each([
    ["it is there", features("urn:xmpp:jingle-sip:0"), "result", undefined],
    // proves: X10
    ["it is not there", features("urn:xmpp:ping"), "result", "the host has not loaded mod_jingle_sip"],
    ["it is there for us", module(DOMAIN), "result", undefined],
    // proves: X10
    ["it is there for another component", module("voip.example.org"), "result", "hands over to voip.example.org"],
    // proves: X10
    ["it is of another version", features("urn:xmpp:jingle-sip:7"), "result", "speaks version 7, not 0"],
    [
      "the host is none of this server's",
      "<error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      "error",
      "the host says remote-server-not-found",
    ],
  ])("%s", async (_, inside, type, why) => {
    const said = await answer(inside, type);
    expect(said).toMatchObject(why === undefined ? { event: "module.found" } : { event: "module.missing" });
    if (why !== undefined) expect(said?.why).toContain(why);
  });

  test("the stream is lost before it answers: nothing is said of it", async () => {
    const { clock, wire, logged } = await component("takes us", { mode: "intercept" });
    wire.cut();
    await clock.advance(10);
    expect(logged.filter(({ event }) => event.startsWith("module."))).toEqual([]);
  });

  // proves: X10
  test("the host answers nothing", async () => {
    const { clock, logged } = await component("takes us", { mode: "intercept" });
    await clock.advance(31_000);
    const said = logged.find(({ event }) => event === "module.missing");
    expect(said?.why).toContain("the host does not answer");
  });
});
