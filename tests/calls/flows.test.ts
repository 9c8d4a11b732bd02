/** A trunk by TLS: its registration keeps a connection, which calls come and go by, and nothing else is its word. RFC 5626, RFC 3608. */
import { describe, expect, test } from "bun:test";
import type { TrunkSettings } from "../../actors/trunks/trunk.ts";
import { PROVIDER } from "../../replay/gateway.ts";
import { Stage } from "../support/play.ts";

const LINE: TrunkSettings = {
  ...{ name: "line", server: PROVIDER, authority: "line.example", domain: "line.example", transport: "tls" },
  ...{
    username: "620",
    authUsername: "",
    password: "pw",
    realm: [],
    register: true,
    expires: 86_400,
    keepalive: 30_000,
  },
  ...{ media: "webrtc", codecs: ["PCMA"], identity: "account", trusted: true },
  ...{ numbers: [{ number: "+4930123", user: "juliet@example.org" }], defaultUser: "" },
};
const DIAL = {
  ...{ country: "49", area: "30", international: "00", national: "0", hide: "", emergency: [] },
  ...{ rules: [{ to: "+49", trunk: "line" }], callsPerUser: 0, callsPerHour: 0, longest: 0 },
};
/** Where the stage has its second place (replay/stage.ts). */
const BACKUP = { host: "198.51.100.8", port: 5060 };
const HOUR = "after 3600 s\n";

async function staged(): Promise<Stage> {
  const stage = new Stage({ trunks: [LINE], calls: { dial: DIAL }, byTcp: true });
  await stage.open(["juliet"]);
  return stage;
}

const REGISTERS = (cseq: number): string => `
gateway > provider
    REGISTER sip:line.example SIP/2.0
    Via: SIP/2.0/TLS 192.0.2.1:5600;rport;alias;branch=…
    CSeq: ${cseq} REGISTER
    Contact: <sip:620@192.0.2.1:5600;transport=tls>;expires=86400;+sip.instance="<urn:uuid:{instance}>";reg-id=1
    Supported: path, outbound
`;
const GRANTS = (more = ""): string => `
provider > gateway
    SIP/2.0 200 OK
    Contact: <sip:620@192.0.2.1:5600;transport=tls>;expires=86400
${more}`;
const CALLS = (side: string): string => `
${side} > gateway
    INVITE sip:620@192.0.2.1:5600;transport=tls SIP/2.0
    From: <sip:+4930999@line.example>;tag=caller
    To: <sip:+4930123@line.example>
    Call-ID: c1
    CSeq: 1 INVITE
    Contact: <sip:+4930999@198.51.100.99:5061;transport=tls>
    Content-Type: application/sdp

    {offer-sdp}
`;
const stateOf = (stage: Stage): unknown => stage.gateway.trunks.states[0];

describe("a registered connection", () => {
  // proves: K24
  test("lives an hour idle, is pinged, and a call comes by it", async () => {
    const stage = await staged();
    await stage.play(REGISTERS(1) + GRANTS() + HOUR);
    expect([stateOf(stage), stage.hosts.pings > 110]).toEqual([{ name: "line", state: "registered" }, true]);
    await stage.play(`${CALLS("provider")}
gateway > provider
    SIP/2.0 180 Ringing
    Contact: <sip:juliet@192.0.2.1:5600;transport=tls>
gateway > juliet
    <iq type='set' from='+4930999@sip.example.org/sip'><jingle action='session-initiate'/></iq>
provider > gateway
    CANCEL sip:620@192.0.2.1:5600;transport=tls SIP/2.0
gateway > provider
    SIP/2.0 200 OK
gateway > provider
    SIP/2.0 487 Request Terminated
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
provider > gateway
    ACK sip:620@192.0.2.1:5600;transport=tls SIP/2.0
`);
    await stage.close();
  });

  // proves: K25
  test("whose pong does not come is made anew, with a REGISTER of the same instance", async () => {
    const stage = await staged();
    await stage.play(REGISTERS(1) + GRANTS() + HOUR);
    stage.hosts.answersPings = false;
    await stage.play(`after 45 s\n${REGISTERS(2)}`);
    expect(stateOf(stage)).toEqual({ name: "line", state: "registering", why: "keep-alives are not answered" });
    stage.hosts.answersPings = true;
    await stage.play(GRANTS() + HOUR);
    expect(stateOf(stage)).toEqual({ name: "line", state: "registered" });
    await stage.close();
  });

  // proves: K25
  test("that is lost at once again and again waits between two, longer each time, until it has stood for a while", async () => {
    const stage = await staged();
    await stage.play(
      `${REGISTERS(1)}${GRANTS()}the stream is cut\nnothing on provider\nafter 14 s\nnothing on provider\n`,
    );
    expect(stateOf(stage)).toEqual({ name: "line", state: "unreachable", why: "the connection was closed" });
    await stage.play(`after 17 s\n${REGISTERS(2)}${GRANTS()}`);
    await stage.play("the stream is cut\nafter 29 s\nnothing on provider\n");
    expect(stateOf(stage)).toEqual({ name: "line", state: "unreachable", why: "the connection was closed" });
    await stage.play(`after 32 s\n${REGISTERS(3)}${GRANTS()}after 31 s\nthe stream is cut\n${REGISTERS(4)}${GRANTS()}`);
    await stage.play(`the stream is cut\nafter 14 s\nnothing on provider\nafter 17 s\n${REGISTERS(5)}${GRANTS()}`);
    await stage.close();
  });

  // proves: K26
  test("says which way our calls take (Service-Route), and what cannot be read is none", async () => {
    const stage = await staged();
    const route = "    Service-Route: <sip:edge.line.example;lr>, <sip:strict.example>, nonsense\n";
    await stage.play(`${REGISTERS(1)}${GRANTS(route)}
juliet > gateway
    <iq type='set' id='s1' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='s1'/>
gateway > provider
    INVITE sip:+4930456@line.example SIP/2.0
    Via: SIP/2.0/TLS …
    Route: <sip:edge.line.example;lr>
    Contact: <sip:620@192.0.2.1:5600;transport=tls>
provider > gateway
    SIP/2.0 404 Not Found
gateway > provider
    ACK sip:+4930456@line.example SIP/2.0
    Route: <sip:edge.line.example;lr>
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`);
    await stage.close();
  });
});

describe("whoever has not shown the certificate", () => {
  // proves: K23
  test.each(["provider", "stranger"])("calls nobody, though from %s, by UDP", async (side) => {
    const stage = new Stage({ trunks: [LINE], calls: { dial: DIAL } });
    await stage.open(["juliet"]);
    await stage.play(`${CALLS(side)}
gateway > ${side}
    SIP/2.0 403 Forbidden
${side} > gateway
    ACK sip:620@192.0.2.1:5600;transport=tls SIP/2.0
nothing on juliet
`);
    await stage.close();
  });
});

describe("a place that cannot be had by TLS", () => {
  const DIALS = `
juliet > gateway
    <iq type='set' id='s1' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='s1'/>
`;
  const ANSWERED_BY_BACKUP = `
gateway > backup
    INVITE sip:+4930456@line.example SIP/2.0
    Via: SIP/2.0/TLS …
backup > gateway
    SIP/2.0 486 Busy Here
gateway > backup
    ACK sip:+4930456@line.example SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
  const EXPIRED = "its certificate has expired";
  const keyOf = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`;
  const spoil: Record<string, (stage: Stage) => unknown> = {
    "refuses connections": ({ wire }) => wire.refuses.add(keyOf(PROVIDER)),
    "is silent": ({ wire }) => wire.silent.add(keyOf(PROVIDER)),
    "has a certificate that is not believed": ({ wire }) => wire.disbelieved.set(keyOf(PROVIDER), EXPIRED),
  };

  // proves: K16, K22
  test.each(Object.keys(spoil))("since it %s costs a call less than 5 s, and is asked again later", async (how) => {
    const records = {
      naptr: async () => [],
      srv: async (name: string) =>
        name === "_sips._tcp.line.example"
          ? [PROVIDER, BACKUP].map(({ host, port }, priority) => ({ name: host, port, priority, weight: 0 }))
          : [],
    };
    const trunk = { ...LINE, server: { host: "line.example" }, register: false };
    const stage = new Stage({ trunks: [trunk], calls: { dial: DIAL }, records, byTcp: true });
    await stage.open(["juliet"]);
    spoil[how]?.(stage);
    await stage.play(`${DIALS}after 4500 ms\n${ANSWERED_BY_BACKUP}`);
    for (const spoilt of [stage.wire.refuses, stage.wire.silent, stage.wire.disbelieved]) spoilt.clear();
    await stage.play(`after 60 s
gateway > provider
    OPTIONS sip:${keyOf(PROVIDER)};transport=tls SIP/2.0
    Via: SIP/2.0/TLS …
provider > gateway
    SIP/2.0 200 OK
`);
    const hops = stage.logged.filter(({ event }) => event === "trunk.hop");
    expect(hops.map((each) => "state" in each && each.state)).toEqual(["dead", "alive"]);
    await stage.close();
  });

  // proves: K22
  test("where there is no other one, ends the call at once, and the log says why", async () => {
    const stage = new Stage({ trunks: [{ ...LINE, register: false }], calls: { dial: DIAL }, byTcp: true });
    await stage.open(["juliet"]);
    stage.wire.disbelieved.set(keyOf(PROVIDER), EXPIRED);
    await stage.play(`${DIALS}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`);
    const ended = stage.logged.find(({ event }) => event === "call.ended");
    expect(ended).toMatchObject({ by: "gateway", origin: "local", reason: `the trunk's server: ${EXPIRED}` });
    await stage.end();
  });
});
