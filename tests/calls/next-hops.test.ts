/** A trunk with two places: who is silent, or refuses everything, is passed over. RFC 3263 §4.3, docs/mapping.md K15 to K17. */
import { describe, expect, test } from "bun:test";
import type { TrunkSettings } from "../../actors/trunks/trunk.ts";
import { changed, changedAll } from "../support/changed.ts";
import { Stage } from "../support/play.ts";
import { GIVES_UP } from "./scenes.ts";

const TRUNK: TrunkSettings = {
  ...{ name: "line", server: { host: "line.example" }, authority: "line.example", domain: "line.example" },
  ...{
    transport: "auto",
    username: "620",
    authUsername: "",
    password: "pw",
    realm: [],
    register: false,
    expires: 600,
    keepalive: 0,
  },
  ...{ media: "webrtc", codecs: ["PCMA"], identity: "account", trusted: true, numbers: [], defaultUser: "" },
};
const DIAL = {
  ...{ country: "49", area: "30", international: "00", national: "0", hide: "", emergency: [] },
  ...{ rules: [{ to: "+49", trunk: "line" }], callsPerUser: 0, callsPerHour: 0, longest: 0 },
};
const record = (name: string, priority: number) => ({ name, port: 5060, priority, weight: 0 });
const RECORDS = {
  naptr: async () => [],
  srv: async (name: string) =>
    name === "_sip._udp.line.example" ? [record("198.51.100.8", 20), record("198.51.100.7", 10)] : [],
};

async function staged(trunk: Partial<TrunkSettings> = {}, records = RECORDS): Promise<Stage> {
  const stage = new Stage({ trunks: [{ ...TRUNK, ...trunk }], records, calls: { dial: DIAL } });
  await stage.open(["juliet"]);
  return stage;
}
async function plays(script: string): Promise<Stage> {
  const stage = await staged();
  await stage.play(script);
  await stage.close();
  return stage;
}
const hopsIn = ({ logged }: Stage): unknown[] =>
  logged
    .filter(({ event }) => event === "trunk.hop")
    .map((each) => ("state" in each && "host" in each ? `${each.host} ${each.state}` : ""));

const DIALS = (sid = "s1"): string => `
juliet > gateway
    <iq type='set' id='${sid}' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='${sid}'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='${sid}'/>
`;
const INVITED = (side: string, cseq: number, sid = "s1"): string => `
gateway > ${side}
    INVITE sip:+4930456@line.example SIP/2.0
    From: <sip:620@line.example>;tag={${sid}-tag}
    Call-ID: ${sid}
    CSeq: ${cseq} INVITE
`;
const ANSWERS = (side: string, cseq: number): string => `
${side} > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INVITE
    To: <sip:+4930456@line.example>;tag=${side}
    Contact: <sip:+4930456@${side === "provider" ? "198.51.100.7" : "198.51.100.8"}>
    Content-Type: application/sdp

    {answer-sdp}
gateway > ${side}
    ACK sip:+4930456@…
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'/></iq>
`;
const HANGS_UP = (side: string): string => `
${side} > gateway
    BYE sip:620@192.0.2.1:5600 SIP/2.0
gateway > ${side}
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
const REFUSES = (side: string, line: string): string => `
${side} > gateway
    SIP/2.0 ${line}
gateway > ${side}
    ACK sip:+4930456@line.example SIP/2.0
`;
const TERMINATED = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;

describe("a call to a trunk whose first place", () => {
  // proves: K16
  test("is silent is answered by the second within five seconds, and goes to the first again once that answers OPTIONS", async () => {
    const stage = await staged();
    await stage.play(
      `${DIALS()}${INVITED("provider", 1)}after 3900 ms\nnothing on backup\nafter 200 ms\n${INVITED("backup", 2)}${ANSWERS("backup", 2)}${HANGS_UP("backup")}`,
    );
    expect(hopsIn(stage)).toEqual(["198.51.100.7 dead"]);
    await stage.play(`${DIALS("s2")}${INVITED("backup", 1, "s2")}${REFUSES("backup", "486 Busy Here")}${TERMINATED}
after 60 s
gateway > provider
    OPTIONS sip:198.51.100.7:5060 SIP/2.0
provider > gateway
    SIP/2.0 200 OK
${DIALS("s3")}${INVITED("provider", 1, "s3")}${REFUSES("provider", "486 Busy Here")}${TERMINATED}`);
    expect(hopsIn(stage)).toEqual(["198.51.100.7 dead", "198.51.100.7 alive"]);
    await stage.close();
  });

  // proves: K16
  test("refuses everything (503) is passed over at once", async () => {
    await plays(
      `${DIALS()}${INVITED("provider", 1)}${REFUSES("provider", "503 Service Unavailable")}${INVITED("backup", 2)}${ANSWERS("backup", 2)}${HANGS_UP("backup")}`,
    );
  });

  // proves: K16
  test("asks for credentials and then refuses everything is passed over without its digest: the second asks for itself", async () => {
    const asks = (side: string, nonce: string): string =>
      REFUSES(side, `407 No\n    Proxy-Authenticate: Digest realm="line", nonce="${nonce}"`);
    const digest = (nonce: string): string =>
      `    Proxy-Authorization: Digest username="620", realm="line", nonce="${nonce}", …\n`;
    await plays(
      `${DIALS()}${INVITED("provider", 1)}${asks("provider", "n1")}${INVITED("provider", 2)}${digest("n1")}${REFUSES("provider", "503 No")}${INVITED("backup", 3)}    no Proxy-Authorization: …\n${asks("backup", "n2")}${INVITED("backup", 4)}${digest("n2")}${REFUSES("backup", "486 Busy Here")}${TERMINATED}`,
    );
  });

  test("says that it tries is waited for", async () => {
    const trying = "\nprovider > gateway\n    SIP/2.0 100 Trying\n";
    await plays(
      `${DIALS()}${INVITED("provider", 1)}${trying}after 10 s\nnothing on backup\n${ANSWERS("provider", 1)}${HANGS_UP("provider")}`,
    );
  });

  // proves: K16
  test("answers at once, without a provisional response, is not taken for silent", async () => {
    const stage = await plays(
      `${DIALS()}${INVITED("provider", 1)}${ANSWERS("provider", 1)}after 10 s\nnothing on backup\n${HANGS_UP("provider")}`,
    );
    expect(hopsIn(stage)).toEqual([]);
  });

  test("refuses this call is not passed over", async () => {
    const stage = await plays(
      `${DIALS()}${INVITED("provider", 1)}${REFUSES("provider", "404 Not Found")}${TERMINATED}nothing on backup`,
    );
    expect(hopsIn(stage)).toEqual([]);
  });

  // proves: K16
  test("and second are silent ends with a word to the user", async () => {
    await plays(
      `${DIALS()}${INVITED("provider", 1)}after 4100 ms\n${INVITED("backup", 2)}after 33 s\n${TERMINATED}after 60 s\n${ASKED("provider")}${ASKED("backup")}`,
    );
  });

  // proves: K17
  test("comes to life late is cancelled there, and the second goes on", async () => {
    const late = `
provider > gateway
    SIP/2.0 180 Ringing
    To: <sip:+4930456@line.example>;tag=provider
gateway > provider
    CANCEL sip:+4930456@line.example SIP/2.0
provider > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
${REFUSES("provider", "487 Request Terminated\n    CSeq: 1 INVITE")}`;
    await plays(
      `${DIALS()}${INVITED("provider", 1)}after 4100 ms\n${INVITED("backup", 2)}${late}${ANSWERS("backup", 2)}${HANGS_UP("backup")}`,
    );
  });

  // proves: K17
  test("answers late has answered, and the second is cancelled", async () => {
    const rings = `
backup > gateway
    SIP/2.0 180 Ringing
    To: <sip:+4930456@line.example>;tag=backup
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'/></iq>
`;
    const cancelled = `
gateway > backup
    CANCEL sip:+4930456@line.example SIP/2.0
backup > gateway
    SIP/2.0 200 OK
    CSeq: 2 CANCEL
${REFUSES("backup", "487 Request Terminated\n    CSeq: 2 INVITE")}`;
    await plays(
      `${DIALS()}${INVITED("provider", 1)}after 4100 ms\n${INVITED("backup", 2)}${rings}${ANSWERS("provider", 1)}${cancelled}${HANGS_UP("provider")}`,
    );
  });

  // proves: K17
  test("answers late has answered, and the second is cancelled as soon as it says a word", async () => {
    const cancelled = `
backup > gateway
    SIP/2.0 180 Ringing
    CSeq: 2 INVITE
    To: <sip:+4930456@line.example>;tag=backup
gateway > backup
    CANCEL sip:+4930456@line.example SIP/2.0
backup > gateway
    SIP/2.0 200 OK
    CSeq: 2 CANCEL
${REFUSES("backup", "487 Request Terminated\n    CSeq: 2 INVITE")}`;
    await plays(
      `${DIALS()}${INVITED("provider", 1)}after 4100 ms\n${INVITED("backup", 2)}${ANSWERS("provider", 1)}${cancelled}${HANGS_UP("provider")}`,
    );
  });

  // proves: K17
  test("is silent while the user gives up: nobody else is asked", async () => {
    const leaves = `
juliet > gateway
    <iq type='set' id='a3' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><cancel/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
`;
    await plays(`${DIALS()}${INVITED("provider", 1)}${leaves}after 40 s\nnothing on backup`);
  });
});

const ASKED = (side: string): string => `
gateway > ${side}
    OPTIONS sip:198.51.100.${side === "provider" ? 7 : 8}:5060 SIP/2.0
${side} > gateway
    SIP/2.0 200 OK
`;

describe("an account at a provider with two places", () => {
  const REGISTERS = (side: string, cseq: number): string => `
gateway > ${side}
    REGISTER sip:line.example SIP/2.0
    CSeq: ${cseq} REGISTER
`;
  // proves: K3
  test("is registered at the second after four seconds, where the first is silent", async () => {
    const stage = await staged({ register: true });
    await stage.play(`${REGISTERS("provider", 1)}after 3500 ms\nnothing on backup\nafter 600 ms\n${REGISTERS("backup", 2)}
backup > gateway
    SIP/2.0 200 OK
`);
    expect(stage.gateway.trunks.states).toEqual([{ name: "line", state: "registered" }]);
    expect(hopsIn(stage)).toEqual(["198.51.100.7 dead"]);
    await stage.close();
  });

  // proves: K3
  test("is registered at the second where the first serves nobody, and is called from there", async () => {
    const stage = await staged({ register: true, defaultUser: "juliet@example.org" });
    await stage.play(`${REGISTERS("provider", 1)}\nprovider > gateway\n    SIP/2.0 503 Service Unavailable\n${REGISTERS("backup", 2)}
backup > gateway
    SIP/2.0 200 OK
    Contact: <sip:620@192.0.2.1:5600>;expires=600
`);
    expect(stage.gateway.trunks.states).toEqual([{ name: "line", state: "registered" }]);
    await stage.play(changedAll(CALLED, "provider", "backup"));
    await stage.close();
  });
});

const CALLED = `
provider > gateway
    INVITE sip:620@192.0.2.1:5600 SIP/2.0
    From: <sip:0301111@line.example>;tag=c1
    To: <sip:620@line.example>
    Call-ID: c1
    Contact: <sip:0301111@line.example>
    Content-Type: application/sdp

    {offer-sdp}
gateway > provider
    SIP/2.0 180 Ringing
gateway > juliet
    <iq type='set' from='+49301111@sip.example.org/sip'><jingle action='session-initiate' sid='c1'/></iq>
${GIVES_UP("sip:620@192.0.2.1:5600", "provider")}gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;

/** A name server that says `before` until it is told to say `later`. */
function moving(before: readonly string[], later: readonly string[]) {
  let said = before;
  const srv = async (name: string) =>
    name === "_sip._udp.line.example" ? said.map((host, at) => record(host, at)) : [];
  return { records: { naptr: async () => [], srv }, move: () => (said = later) };
}
const PROVIDER = "198.51.100.7";
const BACKUP = "198.51.100.8";
const RINGS = `
provider > gateway
    SIP/2.0 180 Ringing
    CSeq: 1 INVITE
    To: <sip:+4930456@line.example>;tag=provider
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'/></iq>
`;
const LEAVES = (side: string): string => `
juliet > gateway
    <iq type='set' id='a3' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><success/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
gateway > ${side}
    BYE sip:+4930456@198.51.100.7 SIP/2.0
${side} > gateway
    SIP/2.0 200 OK
`;
const INFO = `
provider > gateway
    INFO sip:620@192.0.2.1:5600 SIP/2.0
    Content-Type: application/dtmf-relay

    Signal=1
gateway > provider
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'/></iq>
`;

const STRANGE = `${changedAll(CALLED.slice(0, CALLED.indexOf("gateway >")), "c1", "c2")}
gateway > provider
    SIP/2.0 403 Forbidden
provider > gateway
    ACK sip:620@192.0.2.1:5600 SIP/2.0
`;

describe("a call by an outbound proxy with several places", () => {
  const outbound = { server: { host: "203.0.113.5", port: 5060 }, outboundProxy: { host: "line.example" } };
  // proves: K20
  test("stays at the place that has answered it, whatever place is best meanwhile", async () => {
    const { records, move } = moving([PROVIDER, BACKUP], [BACKUP, PROVIDER]);
    const stage = await staged(outbound, records);
    move();
    await stage.play(
      `after 59 s\n${DIALS()}${INVITED("provider", 1)}${RINGS}after 2 s\n${ANSWERS("provider", 1)}${LEAVES("provider")}`,
    );
    await stage.close();
  });
});

describe("a call by an outbound proxy with several places, which has moved on,", () => {
  const outbound = { server: { host: "203.0.113.5", port: 5060 }, outboundProxy: { host: "line.example" } };
  const HOLDS = `
juliet > gateway
    <iq type='set' id='h1' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
gateway > provider
    INVITE sip:+4930456@198.51.100.7 SIP/2.0
`;
  // proves: K20
  test("leaves the place that has answered it once that is silent", async () => {
    const { records, move } = moving([PROVIDER, BACKUP], [BACKUP, PROVIDER]);
    const stage = await staged(outbound, records);
    move();
    await stage.play(`after 59 s\n${DIALS()}${INVITED("provider", 1)}${RINGS}after 2 s\n${ANSWERS("provider", 1)}${HOLDS}after 32 s\n${TERMINATED}
gateway > backup
    BYE sip:+4930456@198.51.100.7 SIP/2.0
backup > gateway
    SIP/2.0 200 OK
`);
    await stage.close();
  });

  // proves: K20
  test("is hung up at the place that it has come from", async () => {
    const { records, move } = moving([PROVIDER, BACKUP], [BACKUP, PROVIDER]);
    const stage = await staged({ ...outbound, defaultUser: "juliet@example.org" }, records);
    move();
    const rings = changed(CALLED, /provider > gateway\n {4}CANCEL.*$/s, "");
    await stage.play(`${rings}after 61 s
juliet > gateway
    <iq type='set' id='a1' to='+49301111@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'
      responder='juliet@example.org/balcony'>{answer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
gateway > provider
    SIP/2.0 200 OK
provider > gateway
    ACK sip:620@192.0.2.1:5600 SIP/2.0
juliet > gateway
    <iq type='set' id='a3' to='+49301111@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><success/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
gateway > provider
    BYE …
provider > gateway
    SIP/2.0 200 OK
`);
    await stage.close();
  });
});

describe("a provider that moves", () => {
  // proves: K21
  test("keeps its running calls, and calls from its old place for an hour", async () => {
    const { records, move } = moving([PROVIDER], [BACKUP]);
    const stage = await staged({ defaultUser: "juliet@example.org" }, records);
    move();
    await stage.play(
      `${DIALS()}${INVITED("provider", 1)}${ANSWERS("provider", 1)}after 61 s\n${INFO}${HANGS_UP("provider")}${CALLED}`,
    );
    await stage.play(`after 3600 s\n${STRANGE}`);
    await stage.close();
  });
});
