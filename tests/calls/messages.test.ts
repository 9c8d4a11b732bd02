/** Calls that are proposed by message first: Jingle Message Initiation, XEP-0353, docs/mapping.md table P. */
import { describe } from "bun:test";
import { createHash } from "node:crypto";
import { parse } from "ltx/lib/ltx.js";
import { verificationText } from "../../protocol/xmpp/caps-hash.ts";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB_RINGS, CAROL, CAROL_ACKS, PHONE_HANGS_UP } from "./scenes.ts";

const INFO = `<identity category='client' type='phone' name='Client'/><feature var='urn:xmpp:jingle:1'/><feature var='urn:xmpp:jingle-message:0'/>`;
const query = (inside: string, node = ""): string =>
  `<query xmlns='http://jabber.org/protocol/disco#info'${node}>${inside}</query>`;
const VER = createHash("sha1")
  .update(verificationText(parse(query(INFO))))
  .digest("base64");

/** A device comes online whose client takes messages; it is asked for what its caps stand for. */
const COMES = (device: string, ver = VER): string => `
${device} > gateway
    <presence to='sip.example.org'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' ver='${ver}'/></presence>
gateway > ${device}
    <iq type='get' from='sip.example.org' id='{disco-${device}}'>${query("", ` node='https://client.example#${ver}'`)}</iq>
${device} > gateway
    <iq type='result' id='{disco-${device}}' to='sip.example.org'>${query(INFO)}</iq>
`;
/** Another device with the same caps, which are known by now. */
const COMES_TOO = (device: string): string => `
${device} > gateway
    <presence to='sip.example.org'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' ver='${VER}'/></presence>
`;
const COMES_WITHOUT = (device: string): string => `
${device} > gateway
    <presence to='sip.example.org'/>
`;
const GOES = (device: string): string => `
${device} > gateway
    <presence to='sip.example.org' type='unavailable'/>
`;

const JMI = "xmlns='urn:xmpp:jingle-message:0'";
const STORED = "<store xmlns='urn:xmpp:hints'/>";
const SAYS = (device: string, inside: string, to = CAROL): string => `
${device} > gateway
    <message type='chat' to='${to}'>${inside}${STORED}</message>
`;
const TOLD = (who: string, inside: string, from = CAROL): string => `
gateway > ${who}
    <message type='chat' from='${from}'>${inside}${STORED}</message>
`;
const REASON = (condition: string): string => `<reason xmlns='urn:xmpp:jingle:1'><${condition}/></reason>`;

const JULIET = "juliet@example.org";
const CALLS = `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
`;
/** Data channels, with a transport of their own. */
const DATA = `
    m=application 50002 UDP/DTLS/SCTP webrtc-datachannel
    a=mid:d
    a=ice-ufrag:uD
    a=ice-pwd:pD34567890123456789012
    a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}
    a=setup:actpass
    a=sctp-port:5000`;
const RINGS = `
gateway > phone
    SIP/2.0 180 Ringing
`;
const PROPOSED = TOLD(
  JULIET,
  `<propose ${JMI} id='c1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>`,
);
const RETRACTED = TOLD(JULIET, `<retract ${JMI} id='c1'>${REASON("cancel")}</retract>`);
const INITIATED = (device: string): string => `
gateway > ${device}
    <iq type='set' from='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='c1' initiator='${CAROL}'/></iq>
`;
const ENDED = (device: string, condition: string): string => `
gateway > ${device}
    <iq type='set' from='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><${condition}/></reason></jingle></iq>
`;
const ACCEPTS = (device: string): string => `
${device} > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>{answer-contents}</jingle></iq>
gateway > ${device}
    <iq type='result' id='a2'/>
gateway > phone
    SIP/2.0 200 OK
`;
const PROCEEDS = (device: string): string => SAYS(device, `<proceed ${JMI} id='c1'/>`) + INITIATED(device);
const PROCEEDS_WAKING = (device: string): string =>
  SAYS(device, `<proceed ${JMI} id='c1'/>`) + RINGS + INITIATED(device);
const FINISHED = (device: string, condition = "success"): string =>
  TOLD(device, `<finish ${JMI} id='c1'>${REASON(condition)}</finish>`);
const REFUSED = (line: string): string => `
gateway > phone
    SIP/2.0 ${line}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const CAROL_CANCELS = `
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
${REFUSED("487 Request Terminated")}`;

const NOBODY = { online: [] } as const;

describe("a phone calls a user whose client takes proposals", () => {
  plays(
    [
      // proves: P6
      [
        "who takes the call on one device: the session begins there, and at its end comes finish",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}${SAYS("juliet", `<ringing ${JMI} id='c1'/>`)}${PROCEEDS("juliet")}${ACCEPTS("juliet")}${CAROL_ACKS}${PHONE_HANGS_UP}${FINISHED("juliet")}`,
      ],
      [
        "who hangs up: finish comes from both sides",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}${PROCEEDS("juliet")}${ACCEPTS("juliet")}${CAROL_ACKS}
juliet > gateway
    <iq type='set' id='a3' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><success/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
${SAYS("juliet", `<finish ${JMI} id='c1'>${REASON("success")}</finish>`)}
phone > gateway
    SIP/2.0 200 OK
${FINISHED("juliet")}`,
      ],
      // proves: P7
      [
        "who rejects, whatever the reason: 486, and nothing more is said",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}${SAYS("juliet", `<reject ${JMI} id='c1'>${REASON("unsupported-applications")}</reject>`)}${REFUSED("486 Busy Here")}`,
      ],
      // proves: P7
      [
        "who rejects, in profile precise: by the reason",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}${SAYS("juliet", `<reject ${JMI} id='c1'>${REASON("decline")}</reject>`)}${REFUSED("603 Decline")}`,
        { calls: { profile: "precise" } },
      ],
      // proves: P8
      [
        "and gives up: retract to all of his devices",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}${CAROL_CANCELS}${RETRACTED}`,
      ],
      [
        "and gives up when one has proceeded: that session is ended, and finished",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}${PROCEEDS("juliet")}${CAROL_CANCELS}${ENDED("juliet", "decline")}${FINISHED("juliet", "decline")}`,
      ],
      // proves: P8
      [
        "and nobody takes it within ring_timeout: 480, and retract",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}
after 180 s
${REFUSED("480 Temporarily Unavailable")}${RETRACTED}`,
        { byTheClock: true },
      ],
      // proves: P9
      [
        "who takes it on two devices at once: the second is told that it has lost the race",
        `${COMES("juliet")}${COMES_TOO("juliet-phone")}${CALLS}${RINGS}${PROPOSED}${PROCEEDS("juliet")}${SAYS("juliet-phone", `<proceed ${JMI} id='c1'/>`)}${TOLD("juliet-phone", `<retract ${JMI} id='c1'>${REASON("cancel")}</retract>`)}${ACCEPTS("juliet")}${CAROL_ACKS}${PHONE_HANGS_UP}${FINISHED("juliet")}`,
      ],
      [
        "while the stream is cut and carol gives up: retract is said when it is back",
        `${COMES("juliet")}${CALLS}${RINGS}${PROPOSED}
the stream is cut
${CAROL_CANCELS}
after 1 s
${RETRACTED}`,
      ],
    ],
    NOBODY,
  );
});

describe("a phone calls a user who has a device that takes proposals, and one that does not", () => {
  const BOTH = `${COMES("juliet")}${COMES_WITHOUT("juliet-phone")}${CALLS}${RINGS}${INITIATED("juliet-phone")}${PROPOSED}`;
  plays(
    [
      // proves: P10
      [
        "the one is called directly; it accepts, and the proposal is retracted",
        `${BOTH}${ACCEPTS("juliet-phone")}${RETRACTED}${CAROL_ACKS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${ENDED("juliet-phone", "success")}`,
      ],
      // proves: P10
      [
        "the other proceeds, and the first is told to stop ringing",
        `${BOTH}${SAYS("juliet", `<proceed ${JMI} id='c1'/>`)}${ENDED("juliet-phone", "cancel")}${INITIATED("juliet")}${ACCEPTS("juliet")}${CAROL_ACKS}${PHONE_HANGS_UP}${FINISHED("juliet")}`,
      ],
      // proves: P3
      [
        "the first retracts what is not its own: it goes on ringing",
        `${BOTH}${SAYS("juliet-phone", `<retract ${JMI} id='c1'>${REASON("cancel")}</retract>`)}
nothing on phone
${ACCEPTS("juliet-phone")}${RETRACTED}${CAROL_ACKS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${ENDED("juliet-phone", "success")}`,
      ],
      [
        "the first refuses the stanza: the proposal goes on",
        `${COMES("juliet")}${COMES_WITHOUT("juliet-phone")}${CALLS}${RINGS}
gateway > juliet-phone (unanswered)
    <iq type='set' id='{direct}'/>
${PROPOSED}
juliet-phone > gateway
    <iq type='error' id='{direct}' to='${CAROL}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
nothing on phone
${CAROL_CANCELS}${RETRACTED}`,
      ],
      [
        "the proposal reaches nobody: the device that was called directly may answer",
        `${BOTH}
${JULIET} > gateway
    <message type='error' id='propose-c1' to='${CAROL}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
nothing on phone
${ACCEPTS("juliet-phone")}${CAROL_ACKS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${ENDED("juliet-phone", "success")}`,
      ],
      [
        "one declines: it is the user's answer, and the proposal is retracted",
        `${BOTH}
juliet-phone > gateway
    <iq type='set' id='a3' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
gateway > juliet-phone
    <iq type='result' id='a3'/>
${REFUSED("486 Busy Here")}${RETRACTED}`,
      ],
    ],
    NOBODY,
  );
});

describe("a phone calls a user who is not online", () => {
  plays(
    [
      // proves: P11
      [
        "but has a device that takes proposals: push wakes it, it rings, and only then is there a 180",
        `${COMES("juliet")}${GOES("juliet")}${CALLS}${PROPOSED}
nothing on phone
${SAYS("juliet", `<ringing ${JMI} id='c1'/>`)}${RINGS}${PROCEEDS("juliet")}${ACCEPTS("juliet")}${CAROL_ACKS}${PHONE_HANGS_UP}${FINISHED("juliet")}`,
      ],
      [
        "but has a device that takes proposals, and proceeds without ringing",
        `${COMES("juliet")}${GOES("juliet")}${CALLS}${PROPOSED}${SAYS("juliet", `<proceed ${JMI} id='c1'/>`)}${RINGS}${INITIATED("juliet")}${ACCEPTS("juliet")}${CAROL_ACKS}${PHONE_HANGS_UP}${FINISHED("juliet")}`,
      ],
      // proves: P14
      [
        "of whom nothing was ever seen, and no device wakes: 480 after jmi_timeout, and retract",
        `${CALLS}${PROPOSED}
after 29 s
gateway > phone
    SIP/2.0 100 Trying
nothing on phone
after 1 s
${REFUSED("480 Temporarily Unavailable")}${RETRACTED}`,
        { byTheClock: true },
      ],
      // proves: P14
      [
        "of whom nothing was ever seen, but who is there: asked for, the device says so, and is called at once",
        `${CALLS}${PROPOSED}${COMES_WITHOUT("juliet")}${RINGS}${INITIATED("juliet")}${COMES_WITHOUT("juliet-phone")}${INITIATED("juliet-phone")}${ACCEPTS("juliet")}${ENDED("juliet-phone", "cancel")}${RETRACTED}${CAROL_ACKS}${PHONE_HANGS_UP}`,
      ],
      // proves: P14
      [
        "of whom nothing was ever seen, and comes with a client that takes proposals: that proposal is enough",
        `${CALLS}${PROPOSED}${COMES("juliet")}
nothing on phone
${PROCEEDS_WAKING("juliet")}${ACCEPTS("juliet")}${CAROL_ACKS}${PHONE_HANGS_UP}${FINISHED("juliet")}`,
      ],
      // proves: M30
      [
        "of whom nothing was ever seen, and takes a call with data channels: it is offered the audio alone",
        `${changed(CALLS, "{offer-sdp}", `{offer-sdp}${DATA}`)}${PROPOSED}${SAYS("juliet", `<proceed ${JMI} id='c1'/>`)}${RINGS}${changed(INITIATED("juliet"), "'/></iq>", "'><content name='0'/><nothing-else/></jingle></iq>")}${ACCEPTS("juliet")}${CAROL_ACKS}${PHONE_HANGS_UP}${FINISHED("juliet")}`,
      ],
      // proves: P14
      [
        "and whose server knows no such user: 480 at once",
        `${CALLS}${PROPOSED}
${JULIET} > gateway
    <message type='error' id='propose-c1' to='${CAROL}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
${REFUSED("480 Temporarily Unavailable")}`,
      ],
      // proves: P12
      [
        "and never had a device that takes proposals: 480 at once",
        `${COMES_WITHOUT("juliet")}${GOES("juliet")}${CALLS}${REFUSED("480 Temporarily Unavailable")}`,
      ],
    ],
    NOBODY,
  );
});

describe("which devices take proposals is known by their caps (XEP-0115)", () => {
  plays(
    [
      // proves: P15
      [
        "and a device whose answer does not fit its hash speaks for itself alone",
        `${COMES("juliet", "d29ycmllZA==")}${CALLS}${RINGS}${PROPOSED}${CAROL_CANCELS}${RETRACTED}`,
      ],
      [
        "and one that is not known yet is called directly",
        `
juliet > gateway
    <presence to='sip.example.org'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' ver='${VER}'/></presence>
gateway > juliet
    <iq type='get' from='sip.example.org' id='{disco}'/>
${CALLS}${RINGS}${INITIATED("juliet")}${CAROL_CANCELS}${ENDED("juliet", "decline")}`,
      ],
    ],
    NOBODY,
  );
});

describe("a user proposes a call to a phone", () => {
  const BOB = "bob@sip.example.org";
  const PROPOSES = SAYS(
    "juliet",
    `<propose ${JMI} id='s1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>`,
    BOB,
  );
  const PROCEED =
    TOLD("juliet", `<ringing ${JMI} id='s1'/>`, `${BOB}/sip`) +
    TOLD("juliet", `<proceed ${JMI} id='s1'/>`, `${BOB}/sip`);
  const INITIATES = `
juliet > gateway
    <iq type='set' id='a1' to='${BOB}/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='${BOB}/sip'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>
    Call-ID: s1
`;
  const END = (condition: string, more = ""): string => `
gateway > juliet
    <iq type='set' from='${BOB}/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><${condition}/>${more}</reason></jingle></iq>
${TOLD("juliet", `<finish ${JMI} id='s1'><reason xmlns='urn:xmpp:jingle:1'><${condition}/></reason></finish>`, `${BOB}/sip`)}`;
  const BUSY = `
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:bob@sip.example.org>;tag=x
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;

  plays([
    // proves: P1
    [
      "it proceeds at once, and the INVITE follows on the session-initiate",
      `${PROPOSES}${PROCEED}${INITIATES}${changed(BOB_RINGS, "from='bob@sip.example.org'", `from='${BOB}/sip'`)}${BUSY}${END("decline")}`,
    ],
    [
      "in profile precise the finish says the reason too",
      `${PROPOSES}${PROCEED}${INITIATES}${BUSY}${END("busy")}`,
      { calls: { profile: "precise" } },
    ],
    // proves: P2
    [
      "and retracts it while it rings (COMPAT Dino): CANCEL",
      `${PROPOSES}${PROCEED}${INITIATES}
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > juliet
    <iq type='set'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
${SAYS("juliet", `<retract ${JMI} id='s1'>${REASON("cancel")}</retract>`, BOB)}
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${TOLD("juliet", `<finish ${JMI} id='s1'>${REASON("cancel")}</finish>`, `${BOB}/sip`)}`,
    ],
    // proves: P2
    [
      "and retracts it before the session: nothing was begun",
      `${PROPOSES}${PROCEED}${SAYS("juliet", `<retract ${JMI} id='s1'>${REASON("cancel")}</retract>`, BOB)}nothing on phone`,
    ],
    // proves: P5
    [
      "of something that is no call: rejected",
      `${SAYS("juliet", `<propose ${JMI} id='s1'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/></propose>`, BOB)}${TOLD("juliet", `<reject ${JMI} id='s1'>${REASON("unsupported-applications")}</reject>`, `${BOB}/sip`)}`,
    ],
    [
      "that has no address to dial: rejected",
      `${SAYS("juliet", `<propose ${JMI} id='s1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>`, "sip.example.org")}${TOLD("juliet", `<reject ${JMI} id='s1'>${REASON("gone")}</reject>`, "sip.example.org/sip")}`,
    ],
    // proves: P5
    [
      "when there is room for no more calls: rejected",
      `${PROPOSES}${TOLD("juliet", `<reject ${JMI} id='s1'>${REASON("busy")}</reject>`, `${BOB}/sip`)}`,
      { calls: { maxCalls: 0 } },
    ],
    [
      "though his domain is not served: an error, and nothing else",
      `${SAYS("mallory", `<propose ${JMI} id='s1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>`, BOB)}
gateway > mallory
    <message type='error'><error type='cancel'><service-unavailable/></error></message>
`,
    ],
    // proves: P4
    [
      "from no device: an error, since there is nobody to answer",
      `${SAYS(JULIET, `<propose ${JMI} id='s1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>`, BOB)}
gateway > ${JULIET}
    <message type='error'><error type='modify'><bad-request/></error></message>
`,
    ],
    // proves: P4
    [
      "without an id: an error",
      `${SAYS("juliet", `<propose ${JMI}/>`, BOB)}
gateway > juliet
    <message type='error'><error type='modify'><bad-request/></error></message>
`,
    ],
    [
      "that nobody has proposed to him and proceeds: he is told that there is none",
      `${SAYS("juliet", `<proceed ${JMI} id='s9'/>`, `${BOB}/sip`)}${TOLD("juliet", `<retract ${JMI} id='s9'>${REASON("cancel")}</retract>`, `${BOB}/sip`)}`,
    ],
  ]);
});

describe("where the server hands messages over (intercept mode)", () => {
  const ROMEO = "romeo@example.org/sip";
  const BALCONY = "juliet@example.org/balcony";
  const WRAPPED = (kind: string, inside: string): string =>
    `<message><${kind} xmlns='urn:xmpp:${kind}:2'><forwarded xmlns='urn:xmpp:forward:0'>${inside}</forwarded></${kind}></message>`;
  const HANDED = (to: string, inside: string): string => `
example.org > gateway
    ${changed(WRAPPED("delegation", `<message xmlns='jabber:client' type='chat' from='${BALCONY}' to='${to}'>${inside}</message>`), "<message>", "<message to='sip.example.org'>")}
`;
  const SENT = (to: string, inside: string): string => `
gateway > example.org
    ${changed(WRAPPED("privilege", `<message xmlns='jabber:client' type='chat' from='${ROMEO}' to='${to}'>${inside}</message>`), "<message>", "<message from='sip.example.org'>")}
`;
  const JINGLED = (action: string, name: string): string => `
gateway > example.org (unanswered)
    <iq type='set' id='{${name}}'><privileged_iq xmlns='urn:xmpp:privilege:2'><iq xmlns='jabber:client' type='set' from='${ROMEO}' to='${BALCONY}'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='r1'/></iq></privileged_iq></iq>
example.org > gateway
    <iq type='result' id='{${name}}' to='sip.example.org'><privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'>
      <iq xmlns='jabber:client' type='result' id='x' from='${BALCONY}' to='${ROMEO}'/></forwarded></privilege></iq>
`;
  const MEDIA = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>";

  plays(
    [
      // proves: P17
      [
        "a propose to another user of the server is answered in his name, from a device of his own",
        `${HANDED("romeo@example.org", `<propose ${JMI} id='s1'>${MEDIA}</propose>`)}${SENT(BALCONY, `<ringing ${JMI} id='s1'/>`)}${SENT(BALCONY, `<proceed ${JMI} id='s1'/>`)}`,
      ],
      // proves: P17
      [
        "a call that comes is proposed in the caller's name, and the session is that device's too",
        `${COMES("juliet")}
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:romeo@example.org>;tag=r1
    To: <sip:juliet@example.org>
    Call-ID: r1
    Contact: <sip:romeo@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
${RINGS}${SENT("juliet@example.org", `<propose ${JMI} id='r1'>${MEDIA}</propose>`)}${HANDED(ROMEO, `<ringing ${JMI} id='r1'/>`)}${HANDED("romeo@example.org", `<proceed ${JMI} id='r1'/>`)}${JINGLED("session-initiate", "first")}
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
${REFUSED("487 Request Terminated")}${JINGLED("session-terminate", "last")}${SENT(BALCONY, `<finish ${JMI} id='r1'>${REASON("decline")}</finish>`)}`,
      ],
      // proves: P13
      [
        "a user of whom the server has told nothing is not there: 480 at once",
        `${CALLS}${REFUSED("480 Temporarily Unavailable")}`,
      ],
      // proves: X9
      [
        "a proposal that the server cannot deliver: 480 at once",
        `${COMES("juliet")}${GOES("juliet")}
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:romeo@example.org>;tag=r1
    To: <sip:juliet@example.org>
    Call-ID: r1
    Contact: <sip:romeo@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
${SENT("juliet@example.org", `<propose ${JMI} id='r1'>${MEDIA}</propose>`)}
example.org > gateway
    ${changed(WRAPPED("privilege", `<message xmlns='jabber:client' type='error' id='propose-r1' from='juliet@example.org' to='${ROMEO}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`), "<message>", "<message to='sip.example.org'>")}
${REFUSED("480 Temporarily Unavailable")}`,
      ],
    ],
    { intercept: true, online: [] },
  );
});
