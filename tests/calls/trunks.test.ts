/** Accounts at providers: REGISTER, calls by them, calls from them. docs/mapping.md table K. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { DialConfig } from "../../actors/calls/dial-limits.ts";
import type { LogEvent } from "../../actors/log.ts";
import type { TrunkSettings } from "../../actors/trunks/trunk.ts";
import { changed, changedAll } from "../support/changed.ts";
import { play, Stage } from "../support/play.ts";
import { GIVES_UP } from "./scenes.ts";

const FRITZ: TrunkSettings = {
  ...{
    name: "fritz",
    server: { host: "198.51.100.7", port: 5060 },
    authority: "fritz.example",
    domain: "fritz.example",
  },
  ...{
    transport: "udp",
    username: "620",
    authUsername: "",
    password: "pw",
    realm: [],
    register: false,
    expires: 600,
    keepalive: 0,
  },
  ...{ media: "webrtc", codecs: ["PCMA"], identity: "account", trusted: true },
  ...{ numbers: [{ number: "+4930123", user: "juliet@example.org" }], defaultUser: "" },
};
const ACCOUNT: TrunkSettings = { ...FRITZ, register: true };
const DIAL: DialConfig = {
  ...{ country: "49", area: "30", international: "00", national: "0", hide: "#31#", emergency: ["112"] },
  ...{
    rules: [
      { to: "+49", trunk: "fritz", write: "national" },
      { to: "112", trunk: "fritz" },
    ],
  },
  ...{ callsPerUser: 0, callsPerHour: 0, longest: 0 },
};
const by = (trunk: Partial<TrunkSettings>, script: string, dial: DialConfig | undefined = DIAL): Promise<LogEvent[]> =>
  play(script, { trunks: [{ ...FRITZ, ...trunk }], calls: { dial }, byTheClock: true });

const REGISTERS = (cseq: number, expires = 600, more = ""): string => `
gateway > provider
    REGISTER sip:fritz.example SIP/2.0
    From: <sip:620@fritz.example>;tag={account-tag}
    To: <sip:620@fritz.example>
    Call-ID: {account-call-id}
    CSeq: ${cseq} REGISTER
    Contact: <sip:620@192.0.2.1:5600>;expires=${expires}
    Expires: ${expires}
${more}`;
const ANSWERS = (line: string, more = ""): string => `
provider > gateway
    SIP/2.0 ${line}
${more}`;
const GRANTS = (expires = 600): string =>
  ANSWERS(
    "200 OK",
    `    Contact: <sip:620@192.0.2.9:5060>;expires=60, <sip:620@192.0.2.1:5600;ob>;expires=${expires}\n`,
  );
const CHALLENGES = ANSWERS("401 Unauthorized", '    WWW-Authenticate: Digest realm="fritz", nonce="n1"\n');
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
/** The digest of that password. */
const PROVED_BY = (password: string): string => {
  const response = md5(`${md5(`620:fritz:${password}`)}:n1:${md5("REGISTER:sip:fritz.example")}`);
  return `    Authorization: Digest username="620", realm="fritz", nonce="n1", uri="sip:fritz.example", response="${response}"…\n`;
};
const states = (logged: readonly LogEvent[]): unknown[] =>
  logged.filter(({ event }) => event === "trunk.state").map((each) => ("state" in each ? each.state : ""));

describe("an account", () => {
  // proves: K1, K2
  test("is registered by digest, and refreshed at three quarters of what was given", async () => {
    const digest = '    Authorization: Digest username="620", realm="fritz", nonce="n1", uri="sip:fritz.example", …\n';
    const logged = await by(
      ACCOUNT,
      `${REGISTERS(1)}${CHALLENGES}${REGISTERS(2, 600, digest)}${GRANTS(480)}after 359 s\nnothing on provider\nafter 1 s\n${REGISTERS(3)}${GRANTS(480)}`,
    );
    expect(states(logged)).toEqual(["registering", "registered", "unregistering"]);
  });

  test("is known by another name in digest", async () => {
    const digest = '    Authorization: Digest username="u620", …\n';
    await by({ ...ACCOUNT, authUsername: "u620" }, REGISTERS(1) + CHALLENGES + REGISTERS(2, 600, digest) + GRANTS());
  });

  // proves: K4
  test("obeys a registrar that wants a longer interval (423)", async () => {
    const brief = ANSWERS("423 Interval Too Brief", "    Min-Expires: 1800\n");
    await by(
      ACCOUNT,
      `${REGISTERS(1)}${brief}${REGISTERS(2, 1800)}${GRANTS(1800)}after 1349 s\nnothing on provider\nafter 1 s\n${REGISTERS(3, 1800)}${GRANTS(1800)}`,
    );
  });

  // proves: K4
  test.each([
    ["403", ANSWERS("403 Forbidden")],
    ["401 again", `${CHALLENGES}${REGISTERS(2)}${CHALLENGES}`],
  ])("that is refused (%s) waits long before it is tried again", async (_, refusal) => {
    const logged = await by(ACCOUNT, `${REGISTERS(1)}${refusal}after 899 s\nnothing on provider`);
    expect(states(logged)).toEqual(["registering", "refused", "over"]);
    expect(logged).toContainEqual(expect.objectContaining({ event: "trunk.state", level: "warn", state: "refused" }));
  });

  // proves: K35
  test("that is refused is tried again at once with another password, and not with the same one", async () => {
    const stage = new Stage({ trunks: [ACCOUNT], calls: { dial: DIAL } });
    await stage.open(["juliet"]);
    const reload = (password: string): void =>
      stage.gateway.trunks.reload(new Map([["fritz", { authUsername: "", password }]]));
    await stage.play(`${REGISTERS(1)}${CHALLENGES}${REGISTERS(2, 600, PROVED_BY("pw"))}${ANSWERS("403 Forbidden")}`);
    reload("pw");
    await stage.play("nothing on provider\n");
    reload("right");
    await stage.play(`${REGISTERS(3)}${CHALLENGES}${REGISTERS(4, 600, PROVED_BY("right"))}${GRANTS()}`);
    expect(stage.gateway.trunks.states).toEqual([{ name: "fritz", state: "registered" }]);
    await stage.close();
  });

  // proves: K3
  test("that nobody answers is tried again, later and later, and never given up", async () => {
    const stage = new Stage({ trunks: [ACCOUNT], calls: { dial: DIAL } });
    await stage.open(["juliet"]);
    await stage.play(`${REGISTERS(1)}after 33 s\n`);
    expect(stage.gateway.trunks.states).toEqual([{ name: "fritz", state: "unreachable", why: "it does not answer" }]);
    await stage.play(
      `after 30 s\n${REGISTERS(2)}${ANSWERS("503 Service Unavailable")}after 14 s\nnothing on provider\nafter 46 s\n${REGISTERS(3)}${GRANTS()}`,
    );
    expect(stage.gateway.trunks.states).toEqual([{ name: "fritz", state: "registered" }]);
    await stage.close();
    expect(states(stage.logged)).toEqual([
      "registering",
      "unreachable",
      "registering",
      "unreachable",
      "registering",
      "registered",
      "unregistering",
    ]);
  });

  // proves: K18
  test.each(["503 Service Unavailable", "500 Server Error"])(
    "that is to wait (%s) waits as long as it is told",
    async (line) => {
      const busy = ANSWERS(line, "    Retry-After: 1800 (maintenance);duration=60\n");
      await by(
        ACCOUNT,
        `${REGISTERS(1)}${busy}after 1799 s\nnothing on provider\nafter 1 s\n${REGISTERS(2)}${GRANTS()}`,
      );
    },
  );

  // proves: K2
  test("that is bound for thirty years is refreshed every 18 hours all the same", async () => {
    await by(
      ACCOUNT,
      `${REGISTERS(1)}${GRANTS(999_999_999)}after 64799 s\nnothing on provider\nafter 1 s\n${REGISTERS(2)}${GRANTS()}`,
    );
  });

  // proves: K3
  test("that answers garbage is as good as not there", async () => {
    await by(
      ACCOUNT,
      `${REGISTERS(1)}\nprovider > gateway\n    SIP/2.0 very well\nafter 100 s\n${REGISTERS(2)}${GRANTS()}`,
    );
  });

  // proves: K3
  test("whose registrar has restarted and asks anew is registered again at the refresh", async () => {
    const digest = '    Authorization: Digest username="620", realm="other", nonce="n2", …\n';
    const anew = changed(changed(CHALLENGES, "fritz", "other"), "n1", "n2");
    await by(
      ACCOUNT,
      `${REGISTERS(1)}${CHALLENGES}${REGISTERS(2)}${GRANTS()}after 450 s\n${REGISTERS(3)}${anew}${REGISTERS(4, 600, digest)}${GRANTS()}`,
    );
  });

  // proves: K5
  test("is taken away when the gateway stops, and the gateway waits for that", async () => {
    const stage = new Stage({ trunks: [ACCOUNT], calls: { dial: DIAL } });
    await stage.open(["juliet"]);
    await stage.play(REGISTERS(1) + GRANTS());
    let isStopped = false;
    void stage.gateway.stopped.then(() => (isStopped = true));
    stage.gateway.stop();
    await stage.play(REGISTERS(2, 0));
    expect(isStopped).toBe(false);
    await stage.play(ANSWERS("200 OK"));
    await stage.close();
    expect(isStopped).toBe(true);
  });

  const DIGEST = '    Authorization: Digest username="620", …\n';
  /** The answer to the REGISTER with this number. */
  const TO = (cseq: number, answer: string): string => `${answer}    CSeq: ${cseq} REGISTER\n`;
  async function stopped(before: string, after: string): Promise<void> {
    const stage = new Stage({ trunks: [ACCOUNT], calls: { dial: DIAL } });
    await stage.open(["juliet"]);
    await stage.play(before);
    stage.gateway.stop();
    await stage.play(after);
    await stage.close();
  }

  // proves: K5
  test("is not taken away across its refresh, whose challenge is answered first", async () => {
    await stopped(
      `${REGISTERS(1)}${GRANTS()}after 450 s\n${REGISTERS(2)}`,
      `nothing on provider\n${TO(2, CHALLENGES)}${REGISTERS(3, 600, DIGEST)}${TO(3, GRANTS())}${REGISTERS(4, 0)}${TO(4, CHALLENGES)}${REGISTERS(5, 0, DIGEST)}${TO(5, ANSWERS("200 OK"))}`,
    );
  });

  // proves: K5
  test("is taken away last: a challenge to a refresh that was given up is not answered", async () => {
    await stopped(
      `${REGISTERS(1)}${GRANTS()}after 450 s\n${REGISTERS(2)}`,
      `after 2 s\n${REGISTERS(3, 0)}${TO(3, CHALLENGES)}${REGISTERS(4, 0, DIGEST)}${TO(2, CHALLENGES)}nothing on provider\n${TO(4, ANSWERS("200 OK"))}nothing on provider`,
    );
  });

  // proves: K5
  test("that could not be refreshed is taken away all the same", async () => {
    await stopped(
      `${REGISTERS(1)}${GRANTS()}after 450 s\n${REGISTERS(2)}${ANSWERS("500 Server Error")}`,
      `${REGISTERS(3, 0)}${ANSWERS("200 OK")}`,
    );
  });

  // proves: K5
  test("of a registrar that is silent does not keep the gateway for more than a moment", async () => {
    const stage = new Stage({ trunks: [ACCOUNT], calls: { dial: DIAL } });
    await stage.open(["juliet"]);
    await stage.play(REGISTERS(1) + GRANTS());
    let isStopped = false;
    void stage.gateway.stopped.then(() => (isStopped = true));
    stage.gateway.stop();
    await stage.play(`${REGISTERS(2, 0)}after 2100 ms\n`);
    await stage.close();
    expect(isStopped).toBe(true);
  });
});

const DIALS = (local: string): string => `
juliet > gateway
    <iq type='set' id='a1' to='${local}@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
`;
const INVITES = (more: string, cseq = 1): string => `
gateway > provider
    INVITE sip:030456@fritz.example SIP/2.0
    To: <sip:030456@fritz.example>
    Call-ID: s1
    CSeq: ${cseq} INVITE
    Contact: <sip:620@192.0.2.1:5600>
${more}`;
const BUSY = `
provider > gateway
    SIP/2.0 486 Busy Here
gateway > provider
    ACK sip:030456@fritz.example SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
/** A call with a name of its own: several may stand in one play. */
const numbered = (call: string, at: number): string =>
  changedAll(changedAll(call, "s1", `s${at}`), "id='a1'", `id='a${at}'`);
const ACCOUNT_FROM = "    From: <sip:620@fritz.example>;tag={our-tag}\n";
const ANONYMOUS = '    From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag={our-tag}\n    Privacy: id\n';

describe("a call by a trunk", () => {
  // proves: K6
  test("goes to its server, From the account, by digest, and says nothing of the user", async () => {
    const challenge = `
provider > gateway
    SIP/2.0 407 Proxy Authentication Required
    Proxy-Authenticate: Digest realm="fritz", nonce="n1"
gateway > provider
    ACK sip:030456@fritz.example SIP/2.0
`;
    const digest =
      '    Proxy-Authorization: Digest username="620", realm="fritz", nonce="n1", uri="sip:030456@fritz.example", …\n    no …: …juliet…\n';
    await by(
      {},
      `${DIALS("+4930456")}${INVITES(ACCOUNT_FROM)}${challenge}${INVITES(digest, 2)}${BUSY}nothing on phone`,
    );
  });

  const ASKS = (status: 401 | 407, realm: string): string => `
provider > gateway
    SIP/2.0 ${status} No
    ${status === 401 ? "WWW" : "Proxy"}-Authenticate: Digest realm="${realm}", nonce="n1"
gateway > provider
    ACK sip:030456@fritz.example SIP/2.0
`;
  const DIGEST = (status: 401 | 407, realm: string): string =>
    `    ${status === 401 ? "Authorization" : "Proxy-Authorization"}: Digest username="620", realm="${realm}", …\n`;
  const ASKED = (status: 401 | 407, realm: string): string =>
    `${DIALS("+4930456")}${INVITES("")}${ASKS(status, realm)}${INVITES(DIGEST(status, realm), 2)}${BUSY}`;
  const NOT_ANSWERED = (
    status: 401 | 407,
    realm: string,
  ): string => `${DIALS("+4930456")}${INVITES("")}${ASKS(status, realm)}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;

  // proves: K19
  test("gives the credentials to the registrar's realm, not to that of a callee", async () => {
    const registered = `${REGISTERS(1)}${CHALLENGES}${REGISTERS(2)}${GRANTS()}`;
    const calls = [NOT_ANSWERED(401, "evil"), NOT_ANSWERED(407, "evil"), ASKED(407, "fritz"), ASKED(401, "fritz")];
    await by(ACCOUNT, registered + calls.map(numbered).join(""));
  });

  // proves: K19
  test("gives the credentials to the configured realms alone", async () => {
    const calls = [NOT_ANSWERED(407, "evil"), ASKED(407, "one"), ASKED(401, "two")];
    await by({ realm: ["one", "two"] }, calls.map(numbered).join(""));
  });

  // proves: K19
  test("where no realm is known learns one from a proxy's challenge (407), not a callee's (401), and for that call alone", async () => {
    const calls = [NOT_ANSWERED(401, "evil"), ASKED(407, "evil"), ASKED(407, "fritz")];
    await by({}, calls.map(numbered).join(""));
  });

  // proves: V1, K6
  test("goes by the media relay, where its media says so, with its codecs, and again after a challenge", async () => {
    const challenge = `
provider > gateway
    SIP/2.0 407 Proxy Authentication Required
    Proxy-Authenticate: Digest realm="fritz", nonce="n1"
gateway > provider
    ACK sip:030456@fritz.example SIP/2.0
`;
    const srtp = "    m=audio 30006 RTP/SAVP 0\n    no a=ice-ufrag:…\n    no a=candidate:…\n";
    const script = `${DIALS("+4930456")}${INVITES(srtp)}${challenge}${INVITES(srtp, 2)}${BUSY}nothing on phone`;
    const trunk = { ...FRITZ, media: "srtp", codecs: ["PCMU"] } as const;
    await play(script, { trunks: [trunk], relay: true, calls: { dial: DIAL }, byTheClock: true });
  });

  const NUMBER = "<sip:+4930123@fritz.example>";
  // proves: K7
  test.each([
    ["account", "    no P-…: …\n"],
    ["p-preferred", `    P-Preferred-Identity: ${NUMBER}\n`],
    ["p-asserted", `    P-Asserted-Identity: ${NUMBER}\n`],
    ["remote-party-id", `    Remote-Party-ID: ${NUMBER};party=calling;screen=no;privacy=off\n`],
  ] as const)("is told who calls as %s", async (identity, more) => {
    await by({ identity }, DIALS("+4930456") + INVITES(ACCOUNT_FROM + more) + BUSY);
  });

  // proves: K7
  test("is told who calls by From, where it wants that", async () => {
    await by({ identity: "from" }, DIALS("+4930456") + INVITES(`    From: ${NUMBER};tag={our-tag}\n`) + BUSY);
  });

  // proves: K8
  test.each([
    ["account", `    P-Preferred-Identity: ${NUMBER}\n`],
    ["from", `    P-Preferred-Identity: ${NUMBER}\n`],
    ["p-asserted", `    P-Asserted-Identity: ${NUMBER}\n`],
    ["remote-party-id", `    Remote-Party-ID: ${NUMBER};party=calling;screen=no;privacy=full\n`],
  ] as const)("whose caller dials #31# first hides who calls: %s", async (identity, more) => {
    await by({ identity }, DIALS("#31#+4930456") + INVITES(ANONYMOUS + more) + BUSY);
  });

  // proves: K6
  test("goes by its outbound proxy, and so does what follows", async () => {
    const trunk = { server: { host: "203.0.113.5", port: 5060 }, outboundProxy: FRITZ.server };
    const answered = `
provider > gateway
    SIP/2.0 200 OK
    To: <sip:030456@fritz.example>;tag=p1
    Contact: <sip:030456@203.0.113.5>
    Content-Type: application/sdp

    {answer-sdp}
gateway > provider
    ACK sip:030456@203.0.113.5 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-accept'/></iq>
provider > gateway
    BYE sip:620@192.0.2.1:5600 SIP/2.0
gateway > provider
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
    await by(trunk, DIALS("+4930456") + INVITES(ACCOUNT_FROM) + answered);
  });

  // proves: A28
  test.each([
    ["a number that may not be called", "<sip:+12125550100@fritz.example>"],
    ["a number of another trunk", "<sip:bob@fritz.example>"],
    ["an emergency number", "<sip:112@fritz.example>"],
  ])("that is pointed to %s is not followed", async (_, contact) => {
    const moved = changed(BUSY, "486 Busy Here", `302 Moved Temporarily\n    Contact: ${contact}`);
    const rules = [...DIAL.rules, { to: "bob", trunk: "proxy" }];
    const logged = await by({}, DIALS("+4930456") + INVITES("") + moved, { ...DIAL, rules });
    expect(logged).toContainEqual(expect.objectContaining({ event: "dial.refused" }));
  });
});

// proves: A28
test("a call by a trunk that is pointed to another host stays at the trunk's", async () => {
  const moved = changed(
    BUSY.slice(0, BUSY.indexOf("gateway > juliet")),
    "486 Busy Here",
    "302 Moved Temporarily\n    Contact: <sip:+4930789@evil.example;maddr=192.0.2.66;transport=tcp>",
  );
  const again = changed(INVITES("", 2), "INVITE sip:030456@", "INVITE sip:030789@");
  const busy = changed(BUSY, "ACK sip:030456@", "ACK sip:030789@");
  await by({}, DIALS("+4930456") + INVITES("") + moved + again + busy);
});

const CALLED = (uri: string, more = "", from = '"Carol" <sip:0301111@fritz.example>', to = `<${uri}>`): string => `
provider > gateway
    INVITE ${uri} SIP/2.0
    From: ${from};tag=c1
    To: ${to}
    Call-ID: c1
    Contact: <sip:0301111@198.51.100.7>
${more}    Content-Type: application/sdp

    {offer-sdp}
`;
const RINGS = (from: string): string => `
gateway > provider
    SIP/2.0 180 Ringing
gateway > juliet
    <iq type='set' from='${from}@sip.example.org/sip'><jingle action='session-initiate' sid='c1'/></iq>
${GIVES_UP("sip:620@192.0.2.1:5600", "provider")}gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
const REFUSED = (line: string): string => `
gateway > provider
    SIP/2.0 ${line}
provider > gateway
    ACK sip:620@192.0.2.1:5600 SIP/2.0
`;
const ACCOUNT_URI = "sip:620@192.0.2.1:5600";

describe("a call from a trunk", () => {
  // proves: K9
  test.each([
    ["by P-Called-Party-ID", "    P-Called-Party-ID: <sip:+49-30-123@fritz.example>\n", `<${ACCOUNT_URI}>`],
    ["by To, as it is dialled here", "", "<sip:030123@fritz.example>"],
    ["by To, in digits", "", "<sip:4930123@fritz.example>"],
    ["by To, as a tel URI", "", "<tel:+49-30-123>"],
  ])("reaches the user whose number it is: %s", async (_, more, to) => {
    await by({}, CALLED(ACCOUNT_URI, more, undefined, to) + RINGS("+49301111"));
  });

  // proves: K9
  test("reaches the user whose number is the Request-URI", async () => {
    const cancelled = changedAll(RINGS("+49301111"), ACCOUNT_URI, "sip:+4930123@192.0.2.1:5600");
    await by({}, CALLED("sip:+4930123@192.0.2.1:5600") + cancelled);
  });

  // proves: K9
  test("whose number is nobody's reaches the default user; without one nobody", async () => {
    await by({ defaultUser: "juliet@example.org" }, CALLED(ACCOUNT_URI) + RINGS("+49301111"));
    await by({}, CALLED(ACCOUNT_URI, "", undefined, "<sip:999@fritz.example>") + REFUSED("404 Not Found"));
  });

  // proves: K9
  test.each(["<sip:ceo@example.org>", "<tel:CEO>"])(
    "reaches nobody whom To names otherwise than by a number of the trunk: %s",
    async (to) => {
      const called = CALLED(ACCOUNT_URI, "", undefined, to);
      await by({ defaultUser: "juliet@example.org" }, called + RINGS("+49301111"));
      await by({}, called + REFUSED("404 Not Found"));
      const elsewhere = "sip:other@192.0.2.1:5600";
      await by(
        { defaultUser: "juliet@example.org" },
        changed(called, ACCOUNT_URI, elsewhere) + changedAll(RINGS("+49301111"), ACCOUNT_URI, elsewhere),
      );
    },
  );

  const TO = "<sip:+4930123@fritz.example>";
  // proves: K10
  test("has the caller that a trusted trunk asserts", async () => {
    await by({}, CALLED(ACCOUNT_URI, "    P-Asserted-Identity: <tel:+4930999>\n", undefined, TO) + RINGS("+4930999"));
  });

  // proves: K10
  test("has the caller of From, where the trunk is not trusted", async () => {
    const asserted = CALLED(ACCOUNT_URI, "    P-Asserted-Identity: <tel:+4930999>\n", undefined, TO);
    await by({ trusted: false }, asserted + RINGS("+49301111"));
  });

  // proves: K11
  test("of who wants privacy is anonymous, whatever is asserted", async () => {
    const hidden = "    Privacy: id\n    P-Asserted-Identity: <tel:+4930999>\n";
    await by({}, CALLED(ACCOUNT_URI, hidden, undefined, TO) + RINGS("anonymous"));
  });

  // proves: K10
  test.each([
    ["a mailto URI", "<mailto:x@y>", undefined, "+49301111"],
    ["a URN before a number", "<urn:service:sos>, <sip:+4930999@p>", undefined, "+4930999"],
    ["no number", "<tel:anonymous>", undefined, "+49301111"],
    ["nothing, in From neither", "<<>", "<tel:Restricted>", "anonymous"],
    ["nothing, in From but a name that is no JID's", "<<>", `<sip:${"x".repeat(1_100)}@p.example>`, "anonymous"],
  ])("is not refused for who calls: %s is asserted", async (_, asserted, from, caller) => {
    await by({}, CALLED(ACCOUNT_URI, `    P-Asserted-Identity: ${asserted}\n`, from, TO) + RINGS(caller));
  });

  // proves: K11
  test("from the provider's anonymous is anonymous", async () => {
    const from = '"Anonymous" <sip:anonymous@provider.example>';
    await by({}, CALLED(ACCOUNT_URI, "", from, TO) + RINGS("anonymous"));
  });

  // proves: K10
  test("in the name of a user never has that name", async () => {
    const rings = RINGS("romeo\\40example.org");
    await by({}, CALLED(ACCOUNT_URI, "", "<sip:romeo@example.org>", TO) + rings);
  });

  // proves: K12
  test("tells a user who is proposed to what the caller is called", async () => {
    const stage = new Stage({ trunks: [FRITZ], calls: { dial: DIAL } });
    await stage.open([]);
    await stage.play(`${CALLED(ACCOUNT_URI, "", '"Carol\u202e <b>" <sip:0301111@fritz.example>', TO)}
gateway > juliet@example.org
    <message type='chat' from='+49301111@sip.example.org/sip'><propose xmlns='urn:xmpp:jingle-message:0' id='c1'/><nick xmlns='http://jabber.org/protocol/nick'>Carol &lt;b&gt;</nick></message>
gateway > provider
    SIP/2.0 100 Trying
provider > gateway
    CANCEL sip:620@192.0.2.1:5600 SIP/2.0
gateway > provider
    SIP/2.0 487 Request Terminated
gateway > provider
    SIP/2.0 200 OK
provider > gateway
    ACK sip:620@192.0.2.1:5600 SIP/2.0
gateway > juliet@example.org
    <message type='chat'><retract/></message>
`);
    await stage.close();
  });

  // proves: K9
  test("from another address than its own is refused", async () => {
    const stranger = changed(CALLED(ACCOUNT_URI), "provider >", "stranger >");
    await by(
      {},
      `${stranger}\ngateway > stranger\n    SIP/2.0 403 Forbidden\nstranger > gateway\n    ACK ${ACCOUNT_URI} SIP/2.0\n`,
    );
  });
});
