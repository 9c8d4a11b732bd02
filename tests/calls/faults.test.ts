/** A fault of ours while a phone is heard: that call ends, on both sides, whatever it was at; nothing hangs. */
import { describe, expect } from "bun:test";
import { type PlayOptions, Stage } from "../support/play.ts";
import { onBothWires } from "../support/plays.ts";
import { BOB_ANSWERS, BOB_RINGS, CAROL_CALLS, JULIET_ACCEPTS, JULIET_CALLS } from "./scenes.ts";

const TOLD = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><text>the gateway failed</text></reason></jingle></iq>
`;
const BYE = (uri: string): string => `
gateway > phone
    BYE ${uri} SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`;

/** Plays until nothing is under way, and then puts the fault in: whatever the call is told from then on fails. */
async function failing(wires: PlayOptions, before: string, after: string): Promise<void> {
  const stage = new Stage(wires);
  await stage.open(["juliet"]);
  await stage.play(`${before}\nafter 100 ms`);
  for (const call of stage.gateway.calls.registry.all())
    call.chart.deliver = () => {
      throw new Error("a fault of ours");
    };
  await stage.play(`${after}\nafter 40 s\nnothing on phone\nnothing on juliet`);
  expect(stage.gateway.calls.registry.size).toBe(0);
}

describe("a fault", () => {
  onBothWires("in a refusal of our INVITE: the user is told", (wires) =>
    failing(
      wires,
      JULIET_CALLS + BOB_RINGS,
      `
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${TOLD}`,
    ),
  );

  onBothWires("in what the user's client answers to our IQ: BYE, and the user is told", (wires) =>
    failing(
      wires,
      JULIET_CALLS + BOB_ANSWERS,
      `after 300 s\ngateway > juliet\n    <iq type='set'><jingle action='session-info' sid='s1'/></iq>\n${BYE("sip:bob@192.0.2.2:5060")}${TOLD}`,
    ),
  );

  onBothWires("in a 180: CANCEL, and the user is told", (wires) =>
    failing(
      wires,
      JULIET_CALLS,
      `
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
${TOLD}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`,
    ),
  );

  // proves: D10
  onBothWires("in the answer to our INVITE: ACK, BYE, and the user is told", (wires) =>
    failing(
      wires,
      JULIET_CALLS,
      `${BOB_ANSWERS.slice(0, BOB_ANSWERS.indexOf("gateway > juliet"))}${BYE("sip:bob@192.0.2.2:5060")}${TOLD}`,
    ),
  );

  // proves: D10
  onBothWires("in a request inside the dialog: 500, BYE, and the user is told", (wires) =>
    failing(
      wires,
      JULIET_CALLS + BOB_ANSWERS,
      `
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/dtmf-relay

    Signal=5
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    SIP/2.0 500 Server Internal Error
    CSeq: … INFO
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 BYE
${TOLD}`,
    ),
  );

  // proves: D10
  onBothWires("in the CANCEL of an INVITE: 200 to it, 500 to the INVITE, and the user is told", (wires) =>
    failing(
      wires,
      CAROL_CALLS,
      `
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 500 Server Internal Error
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
${TOLD}`,
    ),
  );

  onBothWires("in the ACK to our 200: BYE, and the user is told", (wires) =>
    failing(
      wires,
      CAROL_CALLS + JULIET_ACCEPTS,
      `
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${BYE("sip:carol@192.0.2.2:5060")}${TOLD}`,
    ),
  );

  // proves: D10
  onBothWires("when the ACK to our 200 never comes: BYE, and the user is told", (wires) =>
    failing(wires, CAROL_CALLS + JULIET_ACCEPTS, `after 32 s\n${BYE("sip:carol@192.0.2.2:5060")}${TOLD}`),
  );
});
