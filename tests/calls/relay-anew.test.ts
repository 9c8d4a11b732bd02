/** A media relay restarts and does not say so: the gateway notices, sets its calls up there again, asks the user for an ICE restart, and gives the phone the new port. */
import { expect, test } from "bun:test";
import { RELAY } from "../../replay/relay.ts";
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
  TALKING_BY_RELAY,
} from "./relay-scenes.ts";
import { CAROL, JULIET_HANGS_UP, PHONE_HANGS_UP } from "./scenes.ts";

async function staged(options: PlayOptions, perform: (stage: Stage) => Promise<void>): Promise<Stage> {
  const stage = new Stage(options);
  await stage.open(["juliet"]);
  await perform(stage);
  await stage.close();
  return stage;
}

const commandsOf = ({ relay }: Stage): unknown[] => relay.done.map(({ command }) => command);
const anewIn = ({ logged }: Stage): number => logged.filter(({ event }) => event === "relay.call.anew").length;
const ICE = "urn:xmpp:jingle:transports:ice-udp:1";
const keysOf = (call: number): string => Array(32).fill(`0${call}`).join(":");

/** The user gets the relay's transport in its call of this number: first without candidates, which makes it a restart, then with them. */
const ASKED = (call: number, { sid = "s1", name = "0" } = {}): string => `
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='${sid}'><content name='${name}'><transport ufrag='relay${call}'>
      <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>${keysOf(call)}</fingerprint></transport></content></jingle></iq>
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='${sid}'><content name='${name}'><transport ufrag='relay${call}'><candidate ip='${RELAY.host}' port='${30_000 + 4 * call}'/></transport></content></jingle></iq>
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='${sid}'><content name='${name}'><transport ufrag='relay${call}'><gathering-complete/></transport></content></jingle></iq>
`;
const JULIET_BEGINS_ANEW = ({
  sid = "s1",
  us = "bob@sip.example.org",
  creator = "initiator",
  name = "0",
} = {}): string => `
juliet > gateway
    <iq type='set' id='r1' to='${us}'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='${sid}'><content creator='${creator}' name='${name}'><transport xmlns='${ICE}' ufrag='uR' pwd='pR34567890123456789012'/></content></jingle></iq>
gateway > juliet
    <iq type='result' id='r1'/>
`;
/** What a client waits for that has begun ICE anew by itself; the others know it. */
const TOLD_ONCE_MORE = (call: number, { sid = "s1", name = "0" } = {}): string => `
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='${sid}'><content name='${name}'><transport ufrag='relay${call}'><candidate ip='${RELAY.host}'/></transport></content></jingle></iq>
`;
const CALLED = { sid: "c1", us: CAROL, name: "1" } as const;
const CAROL_TALKS = `${CAROL_CALLS_PLAINLY()}${JULIET_RINGS}${JULIET_ACCEPTS_PLAINLY}${ANSWERED_PLAINLY()}`;
const CAROL_IS_TOLD = (port: number): string => `
gateway > phone
    INVITE sip:carol@192.0.2.2:5060 SIP/2.0
    To: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    m=audio ${port} RTP/AVP 0
    no a=ice-…
    no a=setup:…
`;
const CAROL_SAYS = (sdp: string): string => `
phone > gateway
    SIP/2.0 200 OK
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    ${sdp}
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
`;
const BOB_IS_TOLD = (cseq: number, port = 30_010): string => `
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INVITE
    m=audio ${port} RTP/AVP 0
    a=sendrecv
`;

// proves: V22
test("a called user is asked at once, and the phone gets the new port", async () => {
  const stage = await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(2, CALLED)}nothing on phone
${JULIET_BEGINS_ANEW(CALLED)}${CAROL_IS_TOLD(30_010)}${CAROL_SAYS("{plain-sdp}")}${TOLD_ONCE_MORE(2, CALLED)}after 60s
nothing on phone
nothing on juliet
${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
  expect(commandsOf(stage)).toEqual(["list", "offer", "answer", "offer", "answer", "delete"]);
  expect(anewIn(stage)).toBe(1);
});

// proves: V22
test("a calling user's client restarts ICE by itself, and is asked if it has not done so within 20 s", async () => {
  const stage = await staged(BY_RELAY("rtp"), async (stage) => {
    await stage.play(TALKING_BY_RELAY);
    stage.relay.restart();
    await stage.play(`after 20s
nothing on juliet
nothing on phone
after 5s
${ASKED(2)}${JULIET_BEGINS_ANEW()}${BOB_IS_TOLD(2)}${BOB_ANSWERS_PLAINLY(2)}${TOLD_ONCE_MORE(2)}${PHONE_HANGS_UP}`);
  });
  expect(commandsOf(stage)).toEqual(["list", "offer", "answer", "offer", "answer", "delete"]);
});

// proves: V22
test("a user whose client has restarted ICE by itself is not asked", async () => {
  const stage = await staged(BY_RELAY("rtp"), async (stage) => {
    await stage.play(TALKING_BY_RELAY);
    stage.relay.restart();
    await stage.play(`after 12s
${JULIET_BEGINS_ANEW()}${BOB_IS_TOLD(2)}${BOB_ANSWERS_PLAINLY(2)}${TOLD_ONCE_MORE(2)}after 60s
nothing on juliet
nothing on phone
${PHONE_HANGS_UP}`);
  });
  expect(anewIn(stage)).toBe(0);
});

// proves: V22
test("the relay is told when the phone answers from another port", async () => {
  const elsewhere = changed(PLAIN_ANSWER(), "audio 50000", "audio 50008");
  const stage = await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(2, CALLED)}${JULIET_BEGINS_ANEW(CALLED)}${CAROL_IS_TOLD(30_010)}${CAROL_SAYS(elsewhere)}${TOLD_ONCE_MORE(2, CALLED)}${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
  expect(commandsOf(stage)).toEqual(["list", "offer", "answer", "offer", "answer", "offer", "answer", "delete"]);
  expect(String(stage.relay.done.at(-3)?.sdp)).toContain("m=audio 50008");
});

// proves: V22
test("a phone that sends an offer at that moment is served first, and gets the new port then", async () => {
  const stage = await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(2, CALLED)}${JULIET_BEGINS_ANEW(CALLED)}${CAROL_IS_TOLD(30_010)}
phone > gateway
    SIP/2.0 491 Request Pending
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
after 2s
${CAROL_IS_TOLD(30_010)}${CAROL_SAYS("{plain-sdp}")}${TOLD_ONCE_MORE(2, CALLED)}${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
  expect(commandsOf(stage)).toEqual(["list", "offer", "answer", "offer", "answer", "answer", "delete"]);
});

// proves: V22
test("if the phone refuses the new address, the call ends on both sides", async () => {
  await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(2, CALLED)}${JULIET_BEGINS_ANEW(CALLED)}${CAROL_IS_TOLD(30_010)}
phone > gateway
    SIP/2.0 488 Not Acceptable Here
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`);
  });
});

// proves: V22
test("a client that does not answer keeps its call, and is not asked for ever", async () => {
  const stage = await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(2, CALLED)}after 10s
${ASKED(1, CALLED)}
after 60s
nothing on phone
${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
  expect(anewIn(stage)).toBe(1);
});

// proves: V22
test("two restarts set the call up again twice", async () => {
  const again = changedAll(changedAll(JULIET_BEGINS_ANEW(CALLED), "uR", "uS"), "r1", "r2");
  await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(2, CALLED)}${JULIET_BEGINS_ANEW(CALLED)}${CAROL_IS_TOLD(30_010)}${CAROL_SAYS("{plain-sdp}")}${TOLD_ONCE_MORE(2, CALLED)}`);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(3, CALLED)}${again}${CAROL_IS_TOLD(30_014)}${CAROL_SAYS("{plain-sdp}")}${TOLD_ONCE_MORE(3, CALLED)}${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
});

// proves: V28
test("restarted while the user rings, it gets offer and answer again, and the user is asked once the call is up", async () => {
  const stage = await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(`${CAROL_CALLS_PLAINLY()}${JULIET_RINGS}`);
    stage.relay.restart();
    await stage.play(`${JULIET_ACCEPTS_PLAINLY}${changed(ANSWERED_PLAINLY(), "30006", "30010")}after 5s
${ASKED(3, CALLED)}${JULIET_BEGINS_ANEW(CALLED)}${CAROL_IS_TOLD(30_014)}${CAROL_SAYS("{plain-sdp}")}${TOLD_ONCE_MORE(3, CALLED)}after 60s
nothing on phone
nothing on juliet
${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
  expect(commandsOf(stage)).toEqual([
    "list",
    "offer",
    "answer",
    "offer",
    "answer",
    "delete",
    "offer",
    "answer",
    "delete",
  ]);
  expect(anewIn(stage)).toBe(1);
});

// proves: V28
test("restarted while the phone rings, it gets offer and answer again, and the phone gets the new port", async () => {
  const stage = await staged(BY_RELAY("rtp"), async (stage) => {
    await stage.play(CALLS_BY_RELAY());
    stage.relay.restart();
    await stage.play(`${BOB_ANSWERS_PLAINLY()}${changed(ACCEPTED, "relay1", "relay2")}after 5s
${ASKED(3)}${JULIET_BEGINS_ANEW()}${BOB_IS_TOLD(2, 30_014)}${BOB_ANSWERS_PLAINLY(2)}${TOLD_ONCE_MORE(3)}${PHONE_HANGS_UP}`);
  });
  expect(commandsOf(stage)).toEqual([
    "list",
    "offer",
    "answer",
    "offer",
    "answer",
    "delete",
    "offer",
    "answer",
    "delete",
  ]);
});

// proves: V22
test("a relay that is back is asked about all calls at once", async () => {
  const stage = await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.isSilent = true;
    await stage.play("after 9s");
    stage.relay.restart();
    stage.relay.isSilent = false;
    await stage.play(`after 1s
${ASKED(2, CALLED)}${JULIET_BEGINS_ANEW(CALLED)}${CAROL_IS_TOLD(30_010)}${CAROL_SAYS("{plain-sdp}")}${TOLD_ONCE_MORE(2, CALLED)}${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
  expect(anewIn(stage)).toBe(1);
});

// proves: V22
test("if either side hangs up while the user is asked, the call ends and nothing is left at the relay", async () => {
  await staged(CALLED_BY_RELAY, async (stage) => {
    await stage.play(CAROL_TALKS);
    stage.relay.restart();
    await stage.play(`after 5s
${ASKED(2, CALLED)}${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}`);
  });
});
