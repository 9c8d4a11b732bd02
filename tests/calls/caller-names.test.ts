/** Callers that are put into the user's roster by name before they ring: `[xmpp] caller_group`, XEP-0356. docs/mapping.md K36 to K39. */
import { describe, expect, test } from "bun:test";
import type { LogEvent } from "../../actors/log.ts";
import type { TrunkSettings } from "../../actors/trunks/trunk.ts";
import { type PlayOptions, Stage } from "../support/play.ts";

const LINE: TrunkSettings = {
  ...{
    name: "line",
    server: { host: "198.51.100.7", port: 5060 },
    authority: "fritz.example",
    domain: "fritz.example",
  },
  ...{ transport: "udp", username: "620", authUsername: "", password: "pw", realm: [], register: false, expires: 600 },
  ...{ keepalive: 0, media: "webrtc", codecs: ["PCMA"], identity: "account", trusted: true },
  ...{ numbers: [], defaultUser: "juliet@example.org" },
};
const CAROL = "0301111@sip.example.org";

const grants = (type: string, from = "example.org", version = 2): string => `
${from} > gateway
    <message to='sip.example.org'><privilege xmlns='urn:xmpp:privilege:${version}'><perm access='roster' type='${type}'/></privilege></message>
`;
const calls = (name: string, { id = "c1", user = "0301111", more = "" } = {}): string => `
provider > gateway
    INVITE sip:620@192.0.2.1:5600 SIP/2.0
    From: ${name === "" ? "" : `"${name}" `}<sip:${user}@fritz.example>;tag=${id}
    To: <sip:620@192.0.2.1:5600>
    Call-ID: ${id}
    Contact: <sip:0301111@198.51.100.7>
${more}    Content-Type: application/sdp

    {offer-sdp}
`;
const ASKED = (id = "roster"): string => `
gateway > juliet@example.org
    <iq type='get' from='sip.example.org' to='juliet@example.org' id='{${id}}'><query xmlns='jabber:iq:roster'/></iq>
`;
const has = (items: string, id = "roster"): string => `
juliet@example.org > gateway
    <iq type='result' id='{${id}}' to='sip.example.org'><query xmlns='jabber:iq:roster'>${items}</query></iq>
`;
/** The gateway writes the caller's item; the server acknowledges it, unless the step says otherwise. */
const gets = (name: string, { id = "item", answered = true, jid = CAROL } = {}): string => `
gateway > juliet@example.org${answered ? "" : " (unanswered)"}
    <iq type='set' from='sip.example.org' to='juliet@example.org' id='{${id}}'><query xmlns='jabber:iq:roster'><item
      jid='${jid}' name='${name}'><group>Callers</group></item></query></iq>
`;
const proposed = (nick: string, id = "c1", user = "0301111"): string => `
gateway > juliet@example.org
    <message type='chat' from='${user}@sip.example.org/sip'><propose xmlns='urn:xmpp:jingle-message:0' id='${id}'/>${
      nick === "" ? "" : `<nick xmlns='http://jabber.org/protocol/nick'>${nick}</nick>`
    }</message>
`;
const givesUp = (id = "c1", isProposed = true): string => `
provider > gateway
    CANCEL sip:620@192.0.2.1:5600 SIP/2.0
    Call-ID: ${id}
gateway > provider
    SIP/2.0 487 Request Terminated
gateway > provider
    SIP/2.0 200 OK
provider > gateway
    ACK sip:620@192.0.2.1:5600 SIP/2.0
    Call-ID: ${id}
${isProposed ? "gateway > juliet@example.org\n    <message type='chat'><retract/></message>\n" : ""}`;
const TRYING = "gateway > provider\n    SIP/2.0 100 Trying\n";
const silent = "nothing on juliet@example.org\n";

/** The log of a play in which nobody is online, so that calls are proposed. */
async function played(script: string, more: PlayOptions = {}): Promise<LogEvent[]> {
  const stage = new Stage({ trunks: [LINE], callerGroup: "Callers", ...more });
  await stage.open([]);
  await stage.play(script);
  await stage.close();
  return stage.logged;
}
/** Of a play in which a call waits longer than 200 ms. */
const LATE: PlayOptions = { unwritten: "the journal of a call begins with the call, after the 100 Trying" };
const unnamed = (logged: readonly LogEvent[]): unknown[] =>
  logged.flatMap((each) => (each.event === "roster.unnamed" ? [each.why] : []));

describe("a caller with a name", () => {
  // proves: K36
  test.each([2, 1])("is in the roster before the proposal (version %d of XEP-0356)", async (version) => {
    const logged = await played(
      `${grants("both", "example.org", version)}${calls("Carol")}${ASKED()}${silent}${has("")}${gets("Carol")}${proposed("Carol")}${TRYING}${givesUp()}`,
    );
    expect(logged).toContainEqual(
      expect.objectContaining({ event: "roster.access", host: "example.org", access: "both" }),
    );
    expect(unnamed(logged)).toEqual([]);
  });

  // proves: K37
  test.each([
    ["in the user's own words", `<item jid='${CAROL}' name='Mum' subscription='none'/>`],
    ["in the user's own words, in our group", `<item jid='${CAROL}' name='Mum'><group>Callers</group></item>`],
    ["without a name", `<item jid='${CAROL}' subscription='both'/>`],
    ["in our group, by that name", `<item jid='${CAROL}' name='Carol'><group>Callers</group></item>`],
  ])("who is in the roster already stays there: %s", async (_, item) => {
    const logged = await played(
      `${grants("both")}${calls("Carol")}${ASKED()}${has(item)}${proposed("Carol")}${TRYING}${givesUp()}`,
    );
    expect(unnamed(logged)).toEqual([]);
  });

  const ours = (name: string): string => `<item jid='${CAROL}' name='${name}'><group>Callers</group></item>`;

  // proves: K37
  test("has another name later: so has the item that we have made, and keeps the user's groups", async () => {
    const first = `${calls("Carol")}${ASKED()}${has("")}${gets("Carol")}${proposed("Carol")}${TRYING}${givesUp()}after 40 s\n`;
    const again = calls("Carol Jones", { id: "c2" }) + ASKED("roster2");
    const moved = `<item jid='${CAROL}' name='Carol'><group>Work</group><group>Callers</group></item>`;
    const renamed = `
gateway > juliet@example.org
    <iq type='set'><query xmlns='jabber:iq:roster'><item jid='${CAROL}' name='Carol Jones'><group>Work</group><group>Callers</group></item></query></iq>
`;
    const rings = `${proposed("Carol Jones", "c2")}${TRYING}${givesUp("c2")}`;
    await played(`${grants("both")}${first}${again}${has(moved, "roster2")}${renamed}${rings}`);
    // the user has renamed it meanwhile
    await played(`${grants("both")}${first}${again}${has(ours("Mum"), "roster2")}${rings}`);
  });

  // proves: K37
  test("is known as ours by a gateway that has started again, once the names are the same", async () => {
    const same = `${calls("Carol")}${ASKED()}${has(ours("Carol"))}${proposed("Carol")}${TRYING}${givesUp()}after 40 s\n`;
    const other = `${calls("Carol Jones", { id: "c2" })}${ASKED("roster2")}${has(ours("Carol"), "roster2")}`;
    const rings = `${proposed("Carol Jones", "c2")}${TRYING}${givesUp("c2")}`;
    await played(`${grants("both")}${same}${other}${gets("Carol Jones", { id: "item2" })}${rings}`);
    await played(`${grants("both")}${other}${rings}`);
  });

  // proves: K38
  test("is not added to a group that is full, and the log says so", async () => {
    const items = Array.from(
      { length: 100 },
      (_, index) => `<item jid='${index}@sip.example.org' name='X'><group>Callers</group></item>`,
    );
    const logged = await played(
      `${grants("both")}${calls("Carol")}${ASKED()}${has(items.join(""))}${proposed("Carol")}${TRYING}${givesUp()}`,
    );
    expect(unnamed(logged)).toEqual(["the group Callers has 100 callers"]);
  });
});

describe("a caller", () => {
  // proves: K36
  test.each([
    ["without a name", "", "0301111", ""],
    ["whose name is a number", "+49 30 1111", "0301111", ""],
    ["who is anonymous", "Carol", "0301111", "    Privacy: id\n"],
  ])("%s is never added", async (_, name, user, more) => {
    const isHidden = more !== "";
    const caller = isHidden ? "anonymous" : user;
    await played(
      `${grants("both")}${calls(name, { user, more })}${proposed(isHidden ? "" : name, "c1", caller)}${TRYING}${givesUp()}`,
    );
  });

  // proves: K36
  test.each([
    ["nothing is granted", "", "Callers"],
    ["reading alone is granted", grants("get"), "Callers"],
    ["writing alone is granted", grants("set"), "Callers"],
    ["the grant is withdrawn", grants("both") + grants("none"), "Callers"],
    ["the option is not set", grants("both"), ""],
  ])("rings without a question where %s", async (_, granted, callerGroup) => {
    const rings = `${proposed("Carol")}${TRYING}${givesUp()}`;
    const logged = await played(`${granted}${calls("Carol")}${rings}`, { callerGroup });
    const why = "the server grants no roster access (XEP-0356): both get and set are needed";
    expect(unnamed(logged)).toEqual(callerGroup === "" ? [] : [why]);
  });

  // proves: K39
  test.each(["evil.example", "mallory@example.org", "example.org/server", "sip.example.org"])(
    "is not put into a roster on the word of %s",
    async (from) => {
      const logged = await played(`${grants("both", from)}${calls("Carol")}${proposed("Carol")}${TRYING}${givesUp()}`);
      expect(logged).toContainEqual(
        expect.objectContaining({ event: "xmpp.dropped", reason: "privilege from a domain not served", from }),
      );
    },
  );

  // proves: K39
  test("is not put into a roster on the word of an earlier stream", async () => {
    await played(
      `${grants("both")}the stream is cut\nafter 10 s\n${calls("Carol")}${proposed("Carol")}${TRYING}${givesUp()}`,
    );
  });
});

describe("a call that waits for the roster", () => {
  const forbidden = (id: string): string => `
juliet@example.org > gateway
    <iq type='error' id='{${id}}' to='sip.example.org'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
`;

  // proves: K38
  test("goes on after half a second; a late answer is for the next call", async () => {
    const logged = await played(
      `${grants("both")}${calls("Carol")}${ASKED()}after 480ms\n${TRYING}${silent}after 20ms\n${proposed("Carol")}${has("")}${gets("Carol")}${givesUp()}`,
      LATE,
    );
    expect(unnamed(logged)).toEqual(["the server takes longer than 500 ms"]);
  });

  // proves: K38
  test("goes on half a second after it came, though only the second question has no answer", async () => {
    await played(
      `${grants("both")}${calls("Carol")}${ASKED()}after 300ms\n${has("")}${gets("Carol", { answered: false })}${TRYING}after 150ms\n${silent}after 50ms\n${proposed("Carol")}${givesUp()}`,
      LATE,
    );
  });

  // proves: K38
  test.each([
    ["the question is refused", forbidden("roster"), "the server says forbidden"],
    [
      "the item is refused",
      has("") + gets("Carol", { answered: false }) + forbidden("item"),
      "the server says forbidden",
    ],
    [
      "the answer is no roster",
      "juliet@example.org > gateway\n    <iq type='result' id='{roster}' to='sip.example.org'/>\n",
      "the answer is no roster",
    ],
    ["the stream is lost", "the stream is cut\n", "no answer: lost"],
  ])("goes on where %s", async (_, answered, why) => {
    const logged = await played(
      `${grants("both")}${calls("Carol")}${ASKED()}${answered}after 10 s\n${proposed("Carol")}${TRYING}${givesUp()}`,
    );
    expect(unnamed(logged)).toEqual([why]);
  });

  // proves: K38
  test("is cancelled: 487, and no device hears of it", async () => {
    await played(
      `${grants("both")}${calls("Carol")}${ASKED()}${givesUp("c1", false)}${has("")}${gets("Carol")}after 1 s\n${silent}`,
    );
  });

  // proves: K38
  test("is one for each user: another rings at once", async () => {
    const other = calls("Dave", { id: "c2", user: "0302222" });
    const rejects = (id: string, user: string): string => `
juliet > gateway
    <message to='${user}@sip.example.org/sip' type='chat'><reject xmlns='urn:xmpp:jingle-message:0' id='${id}'/></message>
gateway > provider
    SIP/2.0 486 Busy Here
provider > gateway
    ACK sip:620@192.0.2.1:5600 SIP/2.0
    Call-ID: ${id}
`;
    await played(
      `${grants("both")}${calls("Carol")}${ASKED()}${other}${proposed("Dave", "c2", "0302222")}${has("")}${gets("Carol")}${proposed("Carol")}${TRYING}${TRYING}${rejects("c1", "0301111")}${rejects("c2", "0302222")}`,
    );
  });

  test("is refused where no more calls are taken when the answer comes", async () => {
    const stage = new Stage({ trunks: [LINE], callerGroup: "Callers" });
    await stage.open([]);
    await stage.play(grants("both") + calls("Carol") + ASKED());
    stage.gateway.calls.drain();
    const refused = "gateway > provider\n    SIP/2.0 503 Service Unavailable\n    Retry-After: …\n";
    await stage.play(
      `${has("")}${gets("Carol")}${refused}provider > gateway\n    ACK sip:620@192.0.2.1:5600 SIP/2.0\n`,
    );
    await stage.close();
  });
});
