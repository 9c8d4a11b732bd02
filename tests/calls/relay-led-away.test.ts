/** A phone's SDP that would have the relay send where the phone is not: refused before the relay hears of it, unless the configuration allows it. */
import { expect, test } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { type PlayOptions, Stage } from "../support/play.ts";
import {
  ACCEPTED,
  ANSWERED_PLAINLY,
  BOB_ANSWERS_PLAINLY,
  BY_RELAY,
  CALLED_BY_RELAY,
  CALLS_BY_RELAY,
  CAROL_CALLS_PLAINLY,
  JULIET_ACCEPTS_PLAINLY,
  JULIET_RINGS,
  PLAIN_ANSWER,
} from "./relay-scenes.ts";
import { CAROL, JULIET_HANGS_UP, PHONE_HANGS_UP } from "./scenes.ts";

async function staged(options: PlayOptions, perform: (stage: Stage) => Promise<void>): Promise<readonly unknown[]> {
  const stage = new Stage(options);
  await stage.open(["juliet"]);
  await perform(stage);
  await stage.close();
  return stage.relay.done.map(({ command }) => command);
}

/** Bob's SDP with its media there. */
const at = (host: string, more = ""): string =>
  `${changed(PLAIN_ANSWER(), "c=IN IP4 203.0.113.9", `c=IN ${host.includes(":") ? "IP6" : "IP4"} ${host}`)}${more}`;
const REFUSED = `
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;

// proves: V26
test.each([
  ["this machine", at("127.0.0.1")],
  ["this machine, as IPv6 writes it", at("::ffff:127.0.0.1")],
  ["this link", at("169.254.7.7")],
  ["a cloud's metadata", at("169.254.169.254")],
  ["a group", at("224.0.0.5")],
  ["a name, which may be anything", at("localhost")],
  ["this machine for RTCP alone", at("203.0.113.9", "    a=rtcp:53 IN IP4 127.0.0.1\n")],
  ["this machine as a candidate", at("203.0.113.9", "    a=candidate:1 1 udp 1 127.0.0.1 53 typ host\n")],
])("a call whose media would go to %s is 488, and the relay hears nothing of it", async (_, sdp) => {
  const commands = await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(`${CAROL_CALLS_PLAINLY(sdp)}${REFUSED}nothing on juliet`);
  });
  expect(commands).toEqual(["list"]);
});

// proves: V26
test("an answer that would is none: the call ends on both sides", async () => {
  const commands = await staged(BY_RELAY("rtp"), async (stage) => {
    await stage.play(`${CALLS_BY_RELAY()}${BOB_ANSWERS_PLAINLY(1, at("169.254.169.254"))}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
`);
  });
  expect(commands).toEqual(["list", "offer", "delete"]);
});

// proves: V26
test("a re-INVITE that would is 488, and the call goes on as it was", async () => {
  const commands = await staged(BY_RELAY("rtp"), async (stage) => {
    await stage.play(`${CALLS_BY_RELAY()}${BOB_ANSWERS_PLAINLY()}${ACCEPTED}
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    ${at("127.0.0.1")}
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${PHONE_HANGS_UP}`);
  });
  expect(commands).toEqual(["list", "offer", "answer", "delete"]);
});

// proves: V26
test("0.0.0.0 is the hold of RFC 2543, and no place", async () => {
  await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(
      `${CAROL_CALLS_PLAINLY(at("0.0.0.0"))}${JULIET_RINGS}${JULIET_ACCEPTS_PLAINLY}${ANSWERED_PLAINLY()}${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`,
    );
  });
});

// proves: V27
test("one caller has a share of a relay that has few calls; another has room", async () => {
  const carol = (number: number, name = "carol"): string =>
    changedAll(changedAll(CAROL_CALLS_PLAINLY(), "c1", `c${number}`), "carol", name);
  const rings = (number: number): string => `
gateway > phone
    SIP/2.0 180 Ringing
    Call-ID: c${number}
gateway > juliet
    <iq type='set'><jingle action='session-initiate' sid='c${number}'/></iq>
`;
  const stage = new Stage({ ...CALLED_BY_RELAY, relayShare: 2 });
  await stage.open(["juliet"]);
  await stage.play(`${carol(1)}${rings(1)}${carol(2)}${rings(2)}${carol(3)}
gateway > phone
    SIP/2.0 503 Service Unavailable
    Call-ID: c3
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
${carol(4, "dave")}${rings(4)}`);
  expect(stage.relay.calls.size).toBe(3);
});
