/** A media relay that is late, silent, deaf, wrong or new, and who gives up meanwhile: what each side is told, and that nothing is left. */
import { describe, expect, test } from "bun:test";
import { RELAY } from "../../replay/relay.ts";
import { changedAll } from "../support/changed.ts";
import { type PlayOptions, Stage } from "../support/play.ts";
import {
  ACCEPTED,
  ANSWERED_PLAINLY,
  BOB_ANSWERS_PLAINLY,
  BY_RELAY,
  CALLED_BY_RELAY,
  CALLS_BY_RELAY,
  CAROL_CALLS_PLAINLY,
  INVITED_PLAINLY,
  JULIET_ACCEPTS_PLAINLY,
  JULIET_RINGS,
  PLAIN_ANSWER,
  RELAYS_TRANSPORT,
  TALKING_BY_RELAY,
  TOLD,
} from "./relay-scenes.ts";
import { CAROL, JULIET_HANGS_UP, JULIET_SAYS, PHONE_HANGS_UP } from "./scenes.ts";

/** A stage with a relay, on which scenes and what becomes of the relay follow each other. */
async function staged(options: PlayOptions, perform: (stage: Stage) => Promise<void>): Promise<Stage> {
  const stage = new Stage(options);
  await stage.open(["juliet"]);
  await perform(stage);
  await stage.close();
  return stage;
}

/** The commands that the relay has done. */
const commandsOf = ({ relay }: Stage): unknown[] => relay.done.map(({ command }) => command);

/** The same in another call. */
const as = (sid: string, scene: string): string => changedAll(scene, "s1", sid);

/** The certificate of the relay's second call. */
const OTHER_KEYS = Array(32).fill("02").join(":");

const JULIET_INITIATES = `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org'/>
`;
const TERMINATED = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
`;
const PHONE_HEARS_503 = `
gateway > phone
    SIP/2.0 503 Service Unavailable
    Retry-After: 10
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const PHONE_CANCELS = `
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
`;
const BYE_TO_BOB = `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`;

describe("a relay that does not answer", () => {
  // proves: V9
  test("the calling user's call fails within two seconds, and the phone gets nothing", async () => {
    const { relay, logged } = await staged(BY_RELAY("rtp"), async (stage) => {
      stage.relay.isSilent = true;
      await stage.play(`${JULIET_INITIATES}nothing on phone
after 1700ms
nothing on juliet
after 100ms
${TERMINATED}nothing on phone`);
    });
    expect(relay.calls.size).toBe(0);
    expect(logged).toContainEqual(
      expect.objectContaining({
        ...{ event: "call.ended", by: "gateway", origin: "local", reason: "the media relay has failed" },
        advice: expect.stringContaining("relay of [media]"),
      }),
    );
  });

  // proves: V9
  test("the next call fails at once, and calls work again when it is back", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      stage.relay.isSilent = true;
      await stage.play(`${JULIET_INITIATES}after 1800ms${TERMINATED}`);
      await stage.play(`${as("s2", JULIET_INITIATES)}${as("s2", TERMINATED)}`);
      stage.relay.isSilent = false;
      await stage.play(`after 3s
${as("s3", CALLS_BY_RELAY())}`);
      await stage.play(`${BOB_ANSWERS_PLAINLY()}${as("s3", ACCEPTED)}${PHONE_HANGS_UP}`);
    });
  });

  // proves: V9
  test("the phone that calls hears 503", async () => {
    await staged(CALLED_BY_RELAY, async (stage) => {
      stage.relay.isSilent = true;
      await stage.play(`${CAROL_CALLS_PLAINLY()}
gateway > phone
    SIP/2.0 100 Trying
after 1800ms
${PHONE_HEARS_503}nothing on juliet`);
    });
  });

  // proves: V9
  test("the called phone's answer gets BYE, and the user a session-terminate", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(CALLS_BY_RELAY());
      stage.relay.isSilent = true;
      await stage.play(`
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    ${PLAIN_ANSWER()}
after 1800ms
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${BYE_TO_BOB}${TERMINATED}`);
      stage.relay.isSilent = false;
      await stage.play("after 3s");
    });
  });

  // proves: V9
  test("the user's answer is lost: the phone hears 503, and the user that it is over", async () => {
    await staged(CALLED_BY_RELAY, async (stage) => {
      await stage.play(`${CAROL_CALLS_PLAINLY()}${JULIET_RINGS}`);
      stage.relay.isSilent = true;
      await stage.play(`${JULIET_ACCEPTS_PLAINLY}nothing on phone
after 1800ms
gateway > phone
    SIP/2.0 503 Service Unavailable
    To: <sip:juliet@example.org>;tag={our-tag}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>
nothing on phone`);
      stage.relay.isSilent = false;
      await stage.play("after 3s");
    });
  });

  // proves: V9
  test("the user's hold waits for it, and is refused where it does not come back; the call goes on", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(TALKING_BY_RELAY);
      stage.relay.isSilent = true;
      await stage.play(`${JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>")}
after 16s
nothing on phone
nothing on juliet
after 1s
gateway > juliet
    <iq type='set'><jingle action='content-modify'><content name='0' senders='both'/></jingle></iq>`);
      stage.relay.isSilent = false;
      await stage.play(`after 2s\n${PHONE_HANGS_UP}`);
    });
  });

  // proves: V9
  test("the user's ICE restart waits for it, and makes the call anew there", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(TALKING_BY_RELAY);
      stage.relay.isSilent = true;
      await stage.play(`${JULIET_SAYS(
        "transport-info",
        "<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uR' pwd='pR34567890123456789012'/></content>",
      )}
after 1800ms
nothing on phone`);
      stage.relay.isSilent = false;
      stage.relay.restart();
      await stage.play(`after 3s
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 3 INVITE
    m=audio 30010 RTP/AVP 0
${BOB_ANSWERS_PLAINLY(3)}
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'><content name='0'>${RELAYS_TRANSPORT(2)}</content></jingle></iq>
${PHONE_HANGS_UP}`);
    });
  });

  // proves: V9
  test("the phone's hold gets 503, and the call goes on", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(TALKING_BY_RELAY);
      stage.relay.isSilent = true;
      await stage.play(`
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    ${PLAIN_ANSWER("    a=sendonly\n")}
gateway > phone
    SIP/2.0 100 Trying
after 1800ms
gateway > phone
    SIP/2.0 503 Service Unavailable
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
nothing on juliet`);
      stage.relay.isSilent = false;
      await stage.play(`after 2s\n${PHONE_HANGS_UP}`);
    });
  });
});

describe("a relay with faults", () => {
  // proves: V9
  test("gives no answer to a phone that was called: its re-INVITE is 503, and the call ends, since the user has agreed", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(TALKING_BY_RELAY);
      stage.relay.delay = 300;
      await stage.play(`
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    ${PLAIN_ANSWER("    a=sendonly\n")}
gateway > phone
    SIP/2.0 100 Trying`);
      stage.relay.fault = "no ports left";
      await stage.play(`
${TOLD}
gateway > juliet
    <iq type='set'><jingle action='session-info'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > phone
    SIP/2.0 503 Service Unavailable
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 BYE
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0`);
    });
  });

  // proves: V10
  test.each<readonly [string, (stage: Stage) => void, number]>([
    [
      "deaf to two datagrams: asked again with the same cookie",
      ({ relay }) => void Object.assign(relay, { deafTo: 2 }),
      760,
    ],
    ["late", ({ relay }) => void Object.assign(relay, { delay: 900 }), 910],
    ["stuttering", ({ relay }) => void Object.assign(relay, { copies: 3 }), 0],
  ])("%s: the call is made once", async (_, spoil, wait) => {
    const stage = await staged(BY_RELAY("rtp"), async (stage) => {
      spoil(stage);
      const [initiates, invited] = [JULIET_INITIATES, INVITED_PLAINLY(1)];
      await stage.play(`${initiates}${wait > 0 ? `nothing on phone\nafter ${wait}ms\n` : ""}${invited}`);
      stage.relay.delay = 0;
      await stage.play(`${BOB_ANSWERS_PLAINLY()}${ACCEPTED}${PHONE_HANGS_UP}`);
    });
    expect(commandsOf(stage)).toEqual(["list", "offer", "answer", "delete"]);
  });

  // proves: V10
  test("what it says is told in the log, and the user that the call has failed", async () => {
    const { logged } = await staged(BY_RELAY("rtp"), async (stage) => {
      stage.relay.fault = "no ports left";
      await stage.play(`${JULIET_INITIATES}${TERMINATED}nothing on phone`);
    });
    expect(logged).toContainEqual(expect.objectContaining({ event: "relay.failed", command: "offer" }));
    expect(JSON.stringify(logged)).toContain("no ports left");
  });

  // proves: V10
  test("an SDP without a codec that the phone may have is none", async () => {
    await staged({ ...BY_RELAY("rtp"), calls: { media: "rtp", codecs: ["G722"] } }, async (stage) => {
      await stage.play(`${JULIET_INITIATES}${TERMINATED}nothing on phone`);
    });
  });

  // proves: V11
  test("one that was started anew makes the call anew with the next offer, and the user hears of its transport", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(TALKING_BY_RELAY);
      stage.relay.restart();
      await stage.play(`${JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
    m=audio 30010 RTP/AVP 0
${BOB_ANSWERS_PLAINLY(2, PLAIN_ANSWER("    a=recvonly\n"))}
# gathering-complete is not in it: stanza would take nothing else of it
gateway > juliet (whole)
    <iq type='set' id='{info}' from='bob@sip.example.org' to='juliet@example.org/balcony'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='s1'>
      <content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='relay2' pwd='relayrelayrelayrelay2'>
        <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>${OTHER_KEYS}</fingerprint>
        <candidate component='1' foundation='1' generation='1' id='{candidate}' ip='${RELAY.host}' network='0' port='30008' priority='2130706431' protocol='udp' type='host'/>
      </transport></content></jingle></iq>
${PHONE_HANGS_UP}`);
    });
  });
});

describe("a caller who gives up while the relay is asked", () => {
  // proves: V12
  test("the user: no INVITE goes out", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      stage.relay.delay = 500;
      await stage.play(`${JULIET_INITIATES}
${JULIET_SAYS("session-terminate", "<reason><cancel/></reason>", "t1")}
after 2s
nothing on phone`);
    });
  });

  // proves: V12
  test("the phone: 487 at once, and the user never rings", async () => {
    await staged(CALLED_BY_RELAY, async (stage) => {
      stage.relay.delay = 500;
      await stage.play(`${CAROL_CALLS_PLAINLY()}
gateway > phone
    SIP/2.0 100 Trying
${PHONE_CANCELS}
after 2s
nothing on juliet`);
    });
  });

  // proves: V12
  test("the phone, too late: our 200 is on its way, and is hung up", async () => {
    await staged(CALLED_BY_RELAY, async (stage) => {
      await stage.play(`${CAROL_CALLS_PLAINLY()}${JULIET_RINGS}`);
      stage.relay.delay = 300;
      await stage.play(`${JULIET_ACCEPTS_PLAINLY}
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: {number} CANCEL
after 350ms
${ANSWERED_PLAINLY()}${JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060")}
after 1s`);
    });
  });

  // proves: V12
  test("the user, while the answer is at the relay: ACK and BYE", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(CALLS_BY_RELAY());
      stage.relay.delay = 300;
      await stage.play(`
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    ${PLAIN_ANSWER()}
${JULIET_SAYS("session-terminate", "<reason><success/></reason>", "t1")}
nothing on phone
after 310ms
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${BYE_TO_BOB}after 1s`);
    });
  });
});

describe("a stranger who knows the tags of a dialog", () => {
  // proves: V3
  test("cannot lead the media away: the relay hears nothing of the offer", async () => {
    const stage = await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(`${TALKING_BY_RELAY}
stranger > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    From: <sip:bob@sip.example.org>;tag=bob1
    To: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
    CSeq: 7 INVITE
    Contact: <sip:eve@203.0.113.66:5060>
    Content-Type: application/sdp

    ${PLAIN_ANSWER()}
gateway > stranger
    SIP/2.0 403 Forbidden
stranger > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${PHONE_HANGS_UP}`);
    });
    expect(commandsOf(stage)).toEqual(["list", "offer", "answer", "delete"]);
  });
});

describe("what the relay keeps", () => {
  // proves: V13
  test("orphans of a crash are deleted at the start, and nobody else's calls", async () => {
    const stage = new Stage(BY_RELAY("rtp"));
    for (const name of [
      "carillon sip.example.org old1",
      "carillon sip.example.org old2",
      "carillon other.example x",
      "k1",
    ])
      stage.relay.calls.set(name, 0);
    await stage.open(["juliet"]);
    expect([...stage.relay.calls.keys()]).toEqual(["carillon other.example x", "k1"]);
    expect(stage.logged).toContainEqual(expect.objectContaining({ event: "relay.orphans", count: 2 }));
    stage.relay.calls.clear();
    await stage.close();
  });

  // proves: V13
  test("what could not be deleted while it was away is deleted when it is back", async () => {
    await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(TALKING_BY_RELAY);
      stage.relay.isSilent = true;
      await stage.play(`${PHONE_HANGS_UP}after 10s`);
      expect(stage.relay.calls.size).toBe(1);
      stage.relay.isSilent = false;
      await stage.play("after 2s");
      expect(stage.relay.calls.size).toBe(0);
    });
  });

  // proves: V13
  test("a gateway that stops in a call leaves nothing there", async () => {
    const stage = new Stage(BY_RELAY("rtp"));
    await stage.open(["juliet"]);
    await stage.play(TALKING_BY_RELAY);
    stage.gateway.stop();
    stage.gateway.stop();
    await stage.play(`${BYE_TO_BOB}${TERMINATED}after 2s`);
    expect(stage.relay.calls.size).toBe(0);
    await stage.close();
  });

  // proves: V1
  test("the name of a call is our tag with a prefix, its branch stays, and each side is asked for as it must be", async () => {
    const { relay } = await staged(BY_RELAY("srtp"), async (stage) => {
      await stage.play(CALLS_BY_RELAY("{offer-contents}", "RTP/SAVP"));
      await stage.play(`${BOB_ANSWERS_PLAINLY(1, PLAIN_ANSWER("", "RTP/SAVP"))}${ACCEPTED}${PHONE_HANGS_UP}`);
    });
    const [, offer, answer] = relay.done;
    const name = String(offer?.["call-id"]);
    expect(name).toMatch(/^carillon sip\.example\.org \w+$/);
    const ours = name.split(" ")[2];
    expect(offer).toMatchObject({
      ...{ "via-branch": name, "from-tag": ours, ICE: "remove", DTLS: "off", "transport-protocol": "RTP/SAVP" },
      codec: { strip: ["all"], offer: ["PCMA", "PCMU", "G722", "telephone-event"] },
    });
    expect(offer?.SDES).toContain("no-AEAD_AES_256_GCM");
    expect(answer).toMatchObject({
      ...{ "call-id": name, "via-branch": name, "from-tag": ours, "to-tag": "bob1" },
      ...{ ICE: "force", "transport-protocol": "UDP/TLS/RTP/SAVPF", SDES: ["off"] },
    });
    expect(answer).not.toHaveProperty("codec");
  });
});

describe("nothing of the user", () => {
  // proves: V2
  test("is in any SIP message of a relayed call", async () => {
    const { wire } = await staged(BY_RELAY("rtp"), async (stage) => {
      await stage.play(`${TALKING_BY_RELAY}
${JULIET_SAYS("transport-info", "{caller-trickles}", "t1")}
${JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>", "h1")}
${INVITED_PLAINLY(2, "RTP/AVP", "sendonly")}${BOB_ANSWERS_PLAINLY(2, PLAIN_ANSWER("    a=recvonly\n"))}${PHONE_HANGS_UP}`);
    });
    const said = wire.datagrams
      .filter(({ to }) => to.port === 5060)
      .map(({ bytes }) => new TextDecoder().decode(bytes));
    expect(said.length).toBeGreaterThan(4);
    for (const message of said)
      expect(message).not.toMatch(
        /198\.51\.100\.7|203\.0\.113\.4|uA|AB:AB|candidate|trickle|fingerprint|msid|ssrc|extmap/,
      );
    expect(said.some((message) => message.includes(RELAY.host))).toBe(true);
  });
});
