/** What is refused on either wire, and harms no call: docs/mapping.md J15 to J18, `[sip] allow`, RFC 3261 §12.2.2. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB_ANSWERS, BOB_RINGS, CAROL, CAROL_CALLS, JULIET_CALLS, PHONE_HANGS_UP } from "./scenes.ts";

const ASKS = (jingle: string, more: { by?: string; to?: string; type?: string } = {}): string => `
${more.by ?? "juliet"} > gateway
    <iq type='${more.type ?? "set"}' id='q1' to='${more.to ?? "bob@sip.example.org"}'>${jingle}</iq>
`;
const ERROR = (inside: string, by = "juliet"): string => `
gateway > ${by}
    <iq type='error' id='q1'><error ${inside}</error></iq>
`;
const UNKNOWN = "type='cancel'><item-not-found/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/>";
const OUT_OF_ORDER = "type='wait'><unexpected-request/><out-of-order xmlns='urn:xmpp:jingle:errors:1'/>";
const JINGLE = (action: string, sid: string, inside = ""): string =>
  `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}'>${inside}</jingle>`;
const END = BOB_ANSWERS + PHONE_HANGS_UP;

describe("over Jingle", () => {
  plays([
    ["an unknown session", ASKS(JINGLE("session-terminate", "nobody")) + ERROR(UNKNOWN)],
    // proves: J15
    [
      "somebody who is no party of the call, by the same words",
      JULIET_CALLS +
        BOB_RINGS +
        ASKS(JINGLE("session-terminate", "s1"), { by: "romeo" }) +
        ERROR(UNKNOWN, "romeo") +
        END,
    ],
    [
      "another device of the user, who is no party either",
      JULIET_CALLS +
        BOB_RINGS +
        ASKS(JINGLE("session-terminate", "s1"), { by: "juliet-phone" }) +
        ERROR(UNKNOWN, "juliet-phone") +
        END,
    ],
    // proves: J18
    [
      "a user of a domain that is not served, who would dial at our cost",
      ASKS(JINGLE("session-initiate", "m1", "{offer-contents}"), { by: "mallory" }) +
        ERROR("type='cancel'><service-unavailable/>", "mallory") +
        "nothing on phone",
    ],
    // proves: J17
    [
      "a sid that is in use by the same pair",
      JULIET_CALLS + ASKS(JINGLE("session-initiate", "s1", "{offer-contents}")) + ERROR(OUT_OF_ORDER) + BOB_RINGS + END,
    ],
    // proves: J16
    [
      "an action that does not fit the state",
      JULIET_CALLS + BOB_RINGS + ASKS(JINGLE("session-accept", "s1", "{answer-contents}")) + ERROR(OUT_OF_ORDER) + END,
    ],
    // proves: J14
    [
      "an action that nobody knows",
      JULIET_CALLS + BOB_RINGS + ASKS(JINGLE("session-dance", "s1")) + ERROR("type='modify'><bad-request/>") + END,
    ],
    // proves: J13
    [
      "a session-info that nobody knows",
      JULIET_CALLS +
        BOB_RINGS +
        ASKS(JINGLE("session-info", "s1", "<dance xmlns='urn:example'/>")) +
        ERROR("type='modify'><feature-not-implemented/><unsupported-info xmlns='urn:xmpp:jingle:errors:1'/>") +
        END,
    ],
    // proves: J11
    [
      "but an empty session-info is a ping, and answered",
      `${JULIET_CALLS}${BOB_RINGS}${ASKS(JINGLE("session-info", "s1"))}
gateway > juliet
    <iq type='result' id='q1'/>
${END}`,
    ],
    // proves: J19
    [
      "a content without a description, in words",
      ASKS(JINGLE("session-initiate", "s2", "<content creator='initiator' name='0'/>")) +
        ERROR("type='modify'><bad-request/><text>content &apos;0&apos; has no description</text>"),
    ],
    [
      "a line break in a value, which would be a line of SDP",
      changed(
        ASKS(JINGLE("session-initiate", "s2", changed("{offer-contents}", "{", "{"))),
        "{offer-contents}",
        "<content creator='initiator' name='0&#10;a=evil'/>",
      ) +
        ERROR("type='modify'><bad-request/>") +
        "nothing on phone",
    ],
    // proves: J20
    [
      "an application that cannot be mapped: a result, then unsupported-applications",
      `${ASKS(JINGLE("session-initiate", "s2", "<content creator='initiator' name='f'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'/></content>"))}
gateway > juliet
    <iq type='result' id='q1'/>
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s2'><reason><unsupported-applications/></reason></jingle></iq>
nothing on phone`,
    ],
    // proves: J21
    [
      "a transport that cannot be mapped: a result, then unsupported-transports",
      `${ASKS(JINGLE("session-initiate", "s2", "<content creator='initiator' name='f'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/><transport xmlns='urn:xmpp:jingle:transports:s5b:1'/></content>"))}
gateway > juliet
    <iq type='result' id='q1'/>
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s2'><reason><unsupported-transports/></reason></jingle></iq>`,
    ],
    // proves: J26
    [
      "one call too many",
      `${JULIET_CALLS}${BOB_RINGS}${ASKS(JINGLE("session-initiate", "s2", "{offer-contents}"))}${ERROR("type='wait'><resource-constraint/>")}${END}`,
      { calls: { maxCalls: 1 } },
    ],
    [
      "the component's own address, which has no phone",
      ASKS(JINGLE("session-initiate", "s2", "{offer-contents}"), { to: "sip.example.org" }) +
        ERROR("type='cancel'><item-not-found/>"),
    ],
    [
      "an existing session that does not exist",
      ASKS(JINGLE("existing-session-initiate", "c9"), { type: "get", to: CAROL }) + ERROR(UNKNOWN),
    ],
  ]);
});

const SAYS = (method: string, more: string): string => `
phone > gateway
    ${method} sip:juliet@192.0.2.1:5600 SIP/2.0
${more}`;
/** An INVITE of carol's that is refused. */
const CAROL_INVITES = (callId: string, more: string, answer: string): string => `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:carol@pbx.example.net>;tag=c
    To: <sip:juliet@example.org>
    Call-ID: ${callId}
${more}    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 ${answer}
`;
const HEARS = (line: string): string => `
gateway > phone
    SIP/2.0 ${line}
`;

describe("over SIP", () => {
  plays([
    // proves: S38
    [
      "an INVITE from a source that is not allowed: nobody dials through us who may not",
      `
stranger > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:x@203.0.113.66>;tag=x
    To: <sip:juliet@example.org>
    Call-ID: x1
    Contact: <sip:x@203.0.113.66>
gateway > stranger
    SIP/2.0 403 Forbidden
nothing on juliet`,
    ],
    [
      "a stranger's BYE with tags that he cannot know",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}
stranger > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
    From: <sip:bob@sip.example.org>;tag=guess
    To: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
gateway > stranger
    SIP/2.0 481 …
${PHONE_HANGS_UP}`,
    ],
    [
      "a request inside a dialog that nobody knows",
      SAYS("BYE", "    From: <sip:a@b>;tag=a\n    To: <sip:c@d>;tag=b\n    Call-ID: nobody\n") + HEARS("481 …"),
    ],
    // proves: S42
    [
      "the right Call-ID with a wrong tag of theirs, and the call goes on",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}${SAYS("BYE", '    From: <sip:bob@sip.example.org>;tag=wrong\n    To: "juliet" <sip:juliet@example.org>;tag={our-tag}\n')}${HEARS("481 …")}
nothing on juliet
${changed(PHONE_HANGS_UP, "SIP/2.0\n", 'SIP/2.0\n    From: <sip:bob@sip.example.org>;tag=bob1\n    To: "juliet" <sip:juliet@example.org>;tag={our-tag}\n')}`,
    ],
    // proves: S43
    [
      "a CSeq that goes back (§12.2.2), and the call goes on",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}
phone > gateway
    OPTIONS sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 1 BYE
gateway > phone
    SIP/2.0 500 …
${PHONE_HANGS_UP}`,
    ],
    // proves: S32
    [
      "OPTIONS as an INVITE would be: 200 while all is well",
      SAYS("OPTIONS", "    From: <sip:a@b>;tag=a\n    To: <sip:c@d>\n    Call-ID: o1\n") +
        HEARS(
          "200 OK\n    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE\n    Accept: application/sdp, application/trickle-ice-sdpfrag, application/dtmf-relay, application/dtmf, multipart/mixed\n    Supported: …",
        ),
    ],
    [
      "CANCEL of nothing",
      SAYS("CANCEL", "    From: <sip:a@b>;tag=a\n    To: <sip:c@d>\n    Call-ID: o1\n") + HEARS("481 …"),
    ],
    [
      "BYE outside a dialog",
      SAYS("BYE", "    From: <sip:a@b>;tag=a\n    To: <sip:c@d>\n    Call-ID: o1\n") + HEARS("481 …"),
    ],
    [
      "an INVITE without Contact",
      `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:a@b>;tag=a
    To: <sip:juliet@example.org>
    Call-ID: o1
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 400 Bad Request
    Warning: 399 carillon …
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
    ],
    // proves: S40
    [
      "an INVITE whose Contact is no SIP URI: nothing could be sent to it",
      ["tel:+49301", "sips:carol@192.0.2.9", "mailto:carol@x"]
        .map((contact, at) =>
          CAROL_INVITES(`c${at}`, `    Contact: <${contact}>\n`, ["400 …", "480 …", "416 …"][at] ?? ""),
        )
        .join(""),
    ],
    // proves: G13
    [
      "an INVITE whose Accept does not have SDP, or nothing at all",
      ["text/nobodyKnowsThis", ""]
        .map((accept, at) => CAROL_INVITES(`c${at}`, `    Contact: <sip:carol@x>\n    Accept: ${accept}\n`, "406 …"))
        .join(""),
    ],
    // proves: S40
    [
      "an INVITE by way of a proxy that wants TLS from here on",
      CAROL_INVITES("c1", "    Contact: <sip:carol@x>\n    Record-Route: <sips:192.0.2.2;lr>\n", "480 …"),
    ],
    [
      "one call too many: 503 with Retry-After",
      `${CAROL_CALLS}
phone > gateway
    OPTIONS sip:192.0.2.1:5600 SIP/2.0
    From: <sip:a@b>;tag=a
    To: <sip:c@d>
    Call-ID: o1
gateway > phone
    SIP/2.0 503 Service Unavailable
    Retry-After: 10
juliet > gateway
    <iq type='set' id='a3' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
gateway > phone
    SIP/2.0 486 Busy Here
`,
      { calls: { maxCalls: 1 } },
    ],
  ]);
});
