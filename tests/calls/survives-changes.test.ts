/** Calls outlive their gateway, and the next one is configured in another way: what does not fit any more ends, and harms nobody else. */
import { expect, test } from "bun:test";
import type { DialConfig } from "../../actors/calls/dial-limits.ts";
import type { GatewayConfig } from "../../actors/gateway-config.ts";
import { Rows } from "../../actors/store/memory.ts";
import type { TrunkSettings } from "../../actors/trunks/trunk.ts";
import { type PlayOptions, Stage } from "../support/play.ts";
import { callerSite } from "../support/site.ts";
import { BOB_RINGS, JULIET_CALLS, TALKING } from "./scenes.ts";

const LINE: TrunkSettings = {
  ...{ name: "line", server: { host: "198.51.100.7", port: 5060 }, authority: "line.example", domain: "line.example" },
  ...{ transport: "udp", username: "620", authUsername: "", password: "pw", realm: [], register: false, expires: 600 },
  ...{
    keepalive: 0,
    media: "webrtc",
    codecs: ["PCMA"],
    identity: "account",
    trusted: true,
    numbers: [],
    defaultUser: "",
  },
};
const DIAL: DialConfig = {
  ...{ country: "49", area: "30", international: "00", national: "0", hide: "", emergency: [] },
  ...{ rules: [{ to: "+49", trunk: "line" }], callsPerUser: 0, callsPerHour: 0, longest: 0 },
};

/** The gateway is killed after `before`, and started with this configuration. */
async function survives(
  before: string,
  config: (known: GatewayConfig) => Partial<GatewayConfig>,
  after: string,
  options: PlayOptions = {},
): Promise<Stage> {
  const saved = new Rows();
  const stage = new Stage({ site: callerSite(), ...options, saved });
  await stage.open(["juliet"]);
  await stage.play(`${before}after 2 s\nthe gateway is killed\nafter 500 ms\n`);
  Object.assign(stage.config, config(stage.config));
  await stage.play(`the gateway starts again\n${after}after 30 ms\n`);
  expect([...(saved.get("")?.keys() ?? [])]).toEqual([]);
  await stage.end();
  return stage;
}

const ENDED = (why: string): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><gone/><text>${why}</text></reason></jingle></iq>
`;

// proves: O8
test("without the trunk of a call: both sides are told", async () => {
  const calls = `
juliet > gateway
    <iq type='set' id='a1' to='+4930456@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
gateway > provider
    INVITE sip:+4930456@line.example SIP/2.0
provider > gateway
    SIP/2.0 200 OK
    To: <sip:+4930456@line.example>;tag=bob1
    Contact: <sip:bob@198.51.100.7:5060>
    CSeq: 1 INVITE
    Content-Type: application/sdp

    {answer-sdp}
gateway > provider
    ACK sip:bob@198.51.100.7:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'/></iq>
`;
  const end = `
gateway > provider
    BYE sip:bob@198.51.100.7:5060 SIP/2.0
${ENDED("the trunk of the call is not configured any more")}provider > gateway
    SIP/2.0 200 OK
`;
  await survives(calls, () => ({ trunks: [] }), end, { trunks: [LINE], calls: { dial: DIAL } });
});

const MOVED = ({ xmpp, calls }: GatewayConfig): Partial<GatewayConfig> => ({
  xmpp: { ...xmpp, domain: "phones.example.org" },
  calls: { ...calls, addresses: { ...calls.addresses, component: "phones.example.org" } },
});

// proves: O8
test.each([
  [
    "that is answered",
    TALKING,
    `
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1002 INVITE
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
    CSeq: 1002 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1003 BYE
`,
  ],
  [
    "that rings",
    JULIET_CALLS + BOB_RINGS,
    `
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: 1 INVITE
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`,
  ],
])(
  "with another domain, a call %s ends at the phone; the user, whom we may not tell, hears nothing",
  async (_, before, after) => {
    const stage = await survives(before, MOVED, `${after}nothing on juliet\n`);
    expect(stage.gateway.gauges.dropped.xmpp.get("not of our domain")).toBe(1);
  },
);
