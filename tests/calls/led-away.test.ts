/** Who knows the tags of a dialog may end the call, and not lead it away: what comes from elsewhere is refused and changes nothing. */
import { describe, test } from "bun:test";
import { changed } from "../support/changed.ts";
import { play } from "../support/play.ts";
import {
  AGREED,
  BOB,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_HANGS_UP,
  JULIET_SAYS,
  PHONE_HANGS_UP,
  REINVITED,
  TALKING,
} from "./scenes.ts";

/** What the stranger knows of bob's dialog: all of it. */
const BOBS = `
    From: <sip:bob@sip.example.org>;tag=bob1
    To: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
    Contact: <sip:bob@203.0.113.66:5060>`;
const SAYS = (method: string, lines = ""): string => `
stranger > gateway
    ${method} sip:juliet@192.0.2.1:5600 SIP/2.0${BOBS}
    CSeq: 2147483647 ${method}
${lines}`;
const REFUSED = `
gateway > stranger
    SIP/2.0 403 Forbidden
    Warning: 399 carillon "…"
`;
const SDP = "    Content-Type: application/sdp\n\n    {offer-sdp}\n";
/** The call goes on where it was: ours goes to bob, and bob's own offer, with his own number, is taken. */
const GOES_ON = `${JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>")}${REINVITED(2, "")}${AGREED(2, "recvonly")}${PHONE_HANGS_UP}`;
const ACKED = "stranger > gateway\n    ACK sip:juliet@192.0.2.1:5600 SIP/2.0\n";

describe("from a host that is neither the proxy's, nor allowed, nor one of the dialog's, with both tags of it:", () => {
  // proves: G6
  test.each([
    ["a re-INVITE with another Contact and other media", `${SAYS("INVITE", SDP)}${REFUSED}${ACKED}`],
    ["a re-INVITE without SDP", `${SAYS("INVITE")}${REFUSED}${ACKED}`],
    ["an UPDATE that only moves the target", SAYS("UPDATE") + REFUSED],
    ["an UPDATE with media", SAYS("UPDATE", SDP) + REFUSED],
    [
      "an INFO with candidates",
      SAYS(
        "INFO",
        "    Info-Package: trickle-ice\n    Content-Type: application/trickle-ice-sdpfrag\n\n    a=mid:0\n",
      ) + REFUSED,
    ],
    ["an OPTIONS with a number that no other will pass", SAYS("OPTIONS") + REFUSED],
  ])("%s is refused, and the call goes on where it was", (_, attack) =>
    play(`${TALKING}${attack}${GOES_ON}nothing on stranger\n`).then(() => {}),
  );

  // proves: G6
  test("an ACK is dropped: the answer in it is not taken, nor is the 200 acknowledged", () =>
    play(`${CAROL_CALLS}${JULIET_ACCEPTS}
stranger > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>;tag={our-tag}
    Call-ID: c1
    CSeq: 101 ACK
    Content-Type: application/sdp

    {answer-sdp}
after 600 ms
gateway > phone
    (the same)
${CAROL_ACKS}after 5 s
nothing again on phone
${PHONE_HANGS_UP}`).then(() => {}));

  // proves: G6
  test("BYE ends the call", () =>
    play(`${TALKING}${SAYS("BYE")}
gateway > stranger
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`).then(() => {}));

  // proves: G7
  test("BYE ends nothing with [sip] strict", () =>
    play(`${TALKING}${SAYS("BYE")}${REFUSED}${GOES_ON}`, { sip: { strict: true } }).then(() => {}));
});

describe("what leads elsewhere is taken", () => {
  /** Bob has answered from a host of his own, where our requests go. */
  const MOVED = changed(
    changed(TALKING, "Contact: <sip:bob@192.0.2.2:5060>", "Contact: <sip:bob@203.0.113.66:5060>"),
    "gateway > phone\n    ACK sip:bob@192.0.2.2:5060",
    "gateway > stranger\n    ACK sip:bob@203.0.113.66:5060",
  );
  const UPDATED = `${SAYS("UPDATE")}
gateway > stranger
    SIP/2.0 200 OK
`;
  const BYE_TO_STRANGER = changed(
    JULIET_HANGS_UP(BOB, "s1", "sip:bob@203.0.113.66:5060"),
    /gateway > phone([\s\S]*)phone > gateway/,
    "gateway > stranger$1stranger > gateway",
  );

  // proves: G8
  test.each([[false], [true]])("from where the dialog's own requests go (strict: %p)", (strict) =>
    play(MOVED + UPDATED + BYE_TO_STRANGER, { sip: { strict } }).then(() => {}),
  );

  // proves: G8
  test("from a host that [sip] allow covers, and then our requests go there", () =>
    play(TALKING + UPDATED + BYE_TO_STRANGER, { sip: { allow: ["203.0.113.0/24"], strict: true } }).then(() => {}));

  // proves: G1
  test("but not to a place that is nobody's to name: 403, and the target stays", () =>
    play(`${TALKING}${changed(SAYS("UPDATE"), "bob@203.0.113.66:5060", "bob@127.0.0.1:25")}${REFUSED}${GOES_ON}`, {
      sip: { allow: ["203.0.113.0/24"] },
    }).then(() => {}));
});

describe("with [sip] strict", () => {
  // proves: G7
  test("the CANCEL of another host is refused, whatever it knows of the INVITE", () =>
    play(
      `${CAROL_CALLS}
stranger > gateway
    CANCEL sip:juliet@example.org SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKplay1
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    CSeq: 101 CANCEL
gateway > stranger
    SIP/2.0 403 Forbidden
${JULIET_ACCEPTS}${CAROL_ACKS}${PHONE_HANGS_UP}`,
      { sip: { strict: true } },
    ).then(() => {}));
});
