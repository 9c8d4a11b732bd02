/**
 * Who connects to us by TLS: a trunk by its certificate, others by their addresses; and by which connection what follows goes. RFC 5922,
 * RFC 5923.
 */
import { describe, expect, test } from "bun:test";
import type { TrunkSettings } from "../../actors/trunks/trunk.ts";
import { PROVIDER } from "../../replay/gateway.ts";
import { type PlayOptions, Stage } from "../support/play.ts";

const LINE: TrunkSettings = {
  ...{ name: "line", server: PROVIDER, authority: "line.example", domain: "line.example", transport: "tls" },
  ...{ username: "", authUsername: "", password: "", realm: [], register: false, expires: 600, keepalive: 0 },
  ...{ media: "webrtc", codecs: ["PCMA"], identity: "account", trusted: true },
  ...{ numbers: [{ number: "+4930123", user: "juliet@example.org" }], defaultUser: "" },
};
const OTHER: TrunkSettings = {
  ...LINE,
  name: "other",
  numbers: [{ number: "+4930124", user: "juliet@example.org" }],
};
const DIAL = {
  ...{ country: "49", area: "30", international: "00", national: "0", hide: "", emergency: [] },
  ...{ rules: [{ to: "+49", trunk: "line" }], callsPerUser: 0, callsPerHour: 0, longest: 0 },
};

async function staged(more: PlayOptions = {}): Promise<Stage> {
  const stage = new Stage({ trunks: [LINE], calls: { dial: DIAL }, byTcp: true, byTls: true, ...more });
  await stage.open(["juliet"]);
  return stage;
}

const CALLS = (by: string, called = "+4930123", id = "c1"): string => `
${by} > gateway
    INVITE sip:${called}@192.0.2.1:5600;transport=tls SIP/2.0
    From: <sip:+4930999@line.example>;tag=caller
    To: <sip:${called}@line.example>
    Call-ID: ${id}
    CSeq: 1 INVITE
    Contact: <sip:+4930999@sbc.line.example:5061;transport=tls>
    Content-Type: application/sdp

    {offer-sdp}
`;
const REFUSED = (by: string): string => `
gateway > ${by}
    SIP/2.0 403 Forbidden
${by} > gateway
    ACK sip:+4930123@192.0.2.1:5600;transport=tls SIP/2.0
nothing on juliet
`;
const ANSWERED = (by: string): string => `
gateway > ${by}
    SIP/2.0 180 Ringing
    Contact: <sip:juliet@192.0.2.1:5600;transport=tls>
gateway > juliet
    <iq type='set' id='{initiate}' from='+4930999@sip.example.org/sip'><jingle action='session-initiate' sid='{sid}'/></iq>
juliet > gateway
    <iq type='set' id='a1' to='+4930999@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='{sid}'
      responder='juliet@example.org/balcony'>{answer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
gateway > ${by}
    SIP/2.0 200 OK
    Contact: <sip:juliet@192.0.2.1:5600;transport=tls>
${by} > gateway
    ACK sip:juliet@192.0.2.1:5600;transport=tls SIP/2.0
    CSeq: 1 ACK
`;
const HANGS_UP = `
juliet > gateway
    <iq type='set' id='t1' to='+4930999@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='{sid}'><reason><success/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
`;
const BYE = (by: string): string => `
gateway > ${by}
    BYE sip:+4930999@sbc.line.example:5061;transport=tls SIP/2.0
    Via: SIP/2.0/TLS 192.0.2.1:5600;rport;alias;branch=…
${by} > gateway
    SIP/2.0 200 OK
`;
const DIALS = `
juliet > gateway
    <iq type='set' id='s1' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='s1'/>
gateway > provider
    INVITE sip:+4930456@line.example SIP/2.0
    Via: SIP/2.0/TLS 192.0.2.1:5600;rport;alias;branch=…
provider > gateway
    SIP/2.0 486 Busy Here
gateway > provider
    ACK sip:+4930456@line.example SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;

describe("a trunk that has connected to us, and has shown its certificate,", () => {
  // proves: K29
  test("calls its users, and what follows goes by its connection, whatever Contact names", async () => {
    const stage = await staged();
    await stage.play(CALLS("provider") + ANSWERED("provider"));
    const mine = stage.hosts.connections;
    await stage.play(HANGS_UP + BYE("provider"));
    expect(stage.hosts.connections).toBe(mine);
    await stage.close();
  });

  // proves: K29
  test("hears the rest of its call by a connection of ours once its own is lost", async () => {
    const stage = await staged();
    await stage.play(CALLS("provider") + ANSWERED("provider"));
    await stage.hosts.cutOff("provider");
    await stage.play(HANGS_UP + BYE("provider"));
    await stage.close();
  });

  // proves: K29
  test("calls from any address", async () => {
    const stage = await staged();
    stage.wire.shows.set("203.0.113.66", "line.example");
    await stage.play(CALLS("stranger") + ANSWERED("stranger") + HANGS_UP + BYE("stranger"));
    await stage.close();
  });

  // proves: K29
  test("may be one of two accounts at one provider: the number tells which", async () => {
    const stage = await staged({ trunks: [LINE, OTHER] });
    await stage.play(CALLS("provider", "+4930124") + ANSWERED("provider") + HANGS_UP + BYE("provider"));
    await stage.close();
  });
});

describe("whoever has shown no such certificate", () => {
  const ELSE: Record<string, (stage: Stage) => unknown> = {
    "has none": ({ wire }) => wire.shows.clear(),
    "has another's": ({ wire }) => wire.shows.set(PROVIDER.host, "else.example"),
  };
  // proves: K29
  test.each(Object.keys(ELSE))("is not the trunk, though at its address: he %s", async (how) => {
    const stage = await staged();
    ELSE[how]?.(stage);
    await stage.play(CALLS("provider") + REFUSED("provider"));
    await stage.close();
  });

  // proves: K27
  test("is named in the log if his certificate is not believed, and is let go once others may be believed", async () => {
    const stage = await staged();
    stage.wire.shows.clear();
    stage.wire.disbelieved.set(PROVIDER.host, "its certificate has expired");
    await stage.play(CALLS("provider") + REFUSED("provider"));
    const said = { event: "sip.dropped", reason: "invalid certificate", why: "its certificate has expired" };
    expect(stage.logged).toContainEqual(expect.objectContaining({ ...said, host: PROVIDER.host }));
    const before = stage.hosts.connections;
    stage.gateway.sip.renew({ certificate: "", key: "" });
    stage.wire.disbelieved.clear();
    stage.wire.shows.set(PROVIDER.host, "line.example");
    await stage.play(
      `after 10 ms\n${CALLS("provider", "+4930123", "c2")}${ANSWERED("provider")}${HANGS_UP}${BYE("provider")}`,
    );
    expect(stage.hosts.connections - before).toBe(1);
    await stage.close();
  });
});

describe("an allowed host", () => {
  const allowed = () => staged({ trunks: [], calls: {}, sip: { allow: ["203.0.113.66"] } });
  const CALLS_JULIET = CALLS("stranger", "juliet");

  // proves: K30
  test("calls by TLS without a certificate, and what follows goes by its connection", async () => {
    const stage = await allowed();
    await stage.play(CALLS_JULIET + ANSWERED("stranger") + HANGS_UP + BYE("stranger"));
    await stage.close();
  });

  // proves: K30
  test("hears nothing more, and in the clear least of all, once its connection is lost", async () => {
    const stage = await allowed();
    await stage.play(CALLS_JULIET + ANSWERED("stranger"));
    await stage.hosts.cutOff("stranger");
    await stage.play(`${HANGS_UP}after 40 s\nnothing on stranger\nnothing on phone\n`);
    await stage.close();
  });
});

describe("a call by a trunk that has connected to us", () => {
  const ASKS = (via: string): string => `
provider > gateway
    OPTIONS sip:192.0.2.1:5600;transport=tls SIP/2.0
    Via: SIP/2.0/TLS ${via}
    From: <sip:line.example>;tag=o
    To: <sip:192.0.2.1>
    Call-ID: o1
    CSeq: 1 OPTIONS
gateway > provider
    SIP/2.0 200 OK
`;
  const ways: [how: string, via: string, shown: string, reuses: boolean][] = [
    ["has named its port and asked for it", "sbc.line.example:5060;branch=z9hG4bKo;alias", "line.example", true],
    ["has not asked for it", "sbc.line.example:5060;branch=z9hG4bKo", "line.example", false],
    ["has named another port", "sbc.line.example:5099;branch=z9hG4bKo;alias", "line.example", false],
    ["is somebody else", "198.51.100.7:5060;branch=z9hG4bKo;alias", "else.example", false],
  ];
  // proves: K31
  test.each(ways)("goes by that connection where it %s", async (_, via, shown, reuses) => {
    const stage = await staged({ sip: { allow: [PROVIDER.host] } });
    stage.wire.shows.set(PROVIDER.host, shown);
    await stage.play(ASKS(via));
    const before = stage.hosts.connections;
    await stage.play(DIALS);
    expect(stage.hosts.connections - before).toBe(reuses ? 0 : 1);
    await stage.close();
  });

  // proves: K31
  test("goes by another connection once that one is lost", async () => {
    const stage = await staged();
    await stage.play(ASKS("sbc.line.example:5060;branch=z9hG4bKo;alias"));
    await stage.hosts.cutOff("provider");
    await stage.play(DIALS);
    await stage.close();
  });
});
