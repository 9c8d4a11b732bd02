/** The users' server hands their Jingle over, and we speak as they: docs/mapping.md table X, the wrappers of integrations/. */
import { describe, test } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { play, Stage } from "../support/play.ts";
import { plays } from "../support/plays.ts";
import { GIVES_UP } from "./scenes.ts";

const INTERCEPT = { intercept: true, online: ["juliet"] } as const;

/** A stanza of a user as the server hands it over, and the answer that it gets. */
const HANDED = (id: string, from: string, to: string, jingle: string, type = "set"): string => `
example.org > gateway
    <iq type='set' id='${id}' to='sip.example.org'><delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>
      <iq xmlns='jabber:client' type='${type}' id='c-${id}' from='${from}' to='${to}'>${jingle}</iq></forwarded></delegation></iq>
`;
const ANSWERED = (id: string, inside: string): string => `
gateway > example.org
    <iq type='result' id='${id}'><delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>${inside}</forwarded></delegation></iq>
`;
const TAKEN = (id: string): string => ANSWERED(id, `<iq xmlns='jabber:client' type='result' id='c-${id}'/>`);
const SAID = (from: string, to: string, jingle: string, more = ""): string => `
gateway > example.org (unanswered)
    <iq type='set' id='{${more}asked}'><privileged_iq xmlns='urn:xmpp:privilege:2'><iq xmlns='jabber:client' type='set' from='${from}' to='${to}'>${jingle}</iq></privileged_iq></iq>
example.org > gateway
    <iq type='result' id='{${more}asked}' to='sip.example.org'><privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'>
      <iq xmlns='jabber:client' type='result' id='x' from='${to}' to='${from}'/></forwarded></privilege></iq>
`;
const JINGLE = (action: string, sid: string, inside = ""): string =>
  `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}'>${inside}</jingle>`;
const JULIET = "juliet@example.org/balcony";

const ROMEO_CALLS = `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:romeo@example.org>;tag=r1
    To: <sip:juliet@example.org>
    Call-ID: r1
    Contact: <sip:romeo@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 180 Ringing
`;

describe("a call of a user to another of the same domain", () => {
  plays(
    [
      // proves: X1
      [
        "goes out to the proxy, addressed to the other user",
        `${HANDED("d1", JULIET, "romeo@example.org/orchard", JINGLE("session-initiate", "s1", "{offer-contents}"))}${TAKEN("d1")}
gateway > phone
    INVITE sip:romeo@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:romeo@example.org>
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:romeo@example.org>;tag=x
gateway > phone
    ACK sip:romeo@192.0.2.2:5060 SIP/2.0
${SAID("romeo@example.org/orchard", JULIET, "<jingle action='session-terminate' sid='s1'><reason><decline/></reason></jingle>")}`,
      ],
      // proves: X2
      [
        "comes back from the proxy: the device is called as if by the other user, by the bare JID",
        `${ROMEO_CALLS}${SAID("romeo@example.org", JULIET, "<jingle action='session-initiate' sid='r1' initiator='romeo@example.org'/>")}${HANDED("d2", JULIET, "romeo@example.org", JINGLE("session-accept", "r1", "{answer-contents}"))}${TAKEN("d2")}
gateway > phone
    SIP/2.0 200 OK
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${SAID("romeo@example.org", JULIET, "<jingle action='session-terminate' sid='r1'><reason><success/></reason></jingle>", "end-")}`,
      ],
      // proves: X3
      [
        "is offered to another window that asks its own account (existing-session-initiate)",
        `${ROMEO_CALLS}${SAID("romeo@example.org", JULIET, "<jingle action='session-initiate' sid='r1'/>")}${HANDED("d3", "juliet@example.org/phone", "juliet@example.org", JINGLE("existing-session-initiate", "r1"), "get")}${TAKEN("d3")}${SAID("romeo@example.org", "juliet@example.org/phone", "<jingle action='session-initiate' sid='r1'/>", "again-")}${HANDED("d4", JULIET, "romeo@example.org", JINGLE("session-terminate", "r1", "<reason><decline/></reason>"))}${TAKEN("d4")}
gateway > phone
    SIP/2.0 486 Busy Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
${SAID("romeo@example.org", "juliet@example.org/phone", "<jingle action='session-terminate' sid='r1'><reason><cancel/></reason></jingle>", "end-")}`,
      ],
      // proves: X4
      [
        "for a device that is gone by then (the server says so): 480",
        `${ROMEO_CALLS}
gateway > example.org (unanswered)
    <iq type='set' id='{asked}'><privileged_iq xmlns='urn:xmpp:privilege:2'/></iq>
example.org > gateway
    <iq type='error' id='{asked}' to='sip.example.org'><error type='wait'><recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
gateway > phone
    SIP/2.0 480 Temporarily Unavailable
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
      ],
    ],
    INTERCEPT,
  );
});

describe("a phone that calls in the name of a user", () => {
  const ESCAPED = "romeo\\40example.org@sip.example.org/sip";
  const RINGS_AS_ITSELF = `${ROMEO_CALLS}${SAID(ESCAPED, JULIET, "<jingle action='session-initiate' sid='r1'/>")}
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@example.org SIP/2.0${SAID(ESCAPED, JULIET, "<jingle action='session-terminate' sid='r1'/>", "end-")}`;
  // proves: A29
  test("behind a proxy that does not check From, rings as what it is", async () => {
    await play(RINGS_AS_ITSELF, { ...INTERCEPT, calls: { trusted: false } });
  });

  // proves: A29
  test("of an allowed network, not of the proxy, rings as what it is", async () => {
    const stage = new Stage(INTERCEPT);
    await stage.open(["juliet"]);
    stage.gateway.reload({
      allow: ["203.0.113.0/24"],
      usernameToPhone: [],
      maxCalls: 100,
      perUser: 0,
      perMinute: 0,
      dial: undefined,
      trusted: true,
    });
    await stage.play(changedAll(RINGS_AS_ITSELF, "phone", "stranger"));
    await stage.end(); // which no play does again: its configuration changes on the way
  });
});

// proves: X6
test("a phone with the called user's own address rings as that, wherever it calls from", async () => {
  const own = changedAll(ROMEO_CALLS, "sip:romeo@example.org", "sip:juliet@example.org");
  const session = (action: string, more = ""): string =>
    SAID("juliet@example.org", JULIET, `<jingle action='${action}' sid='r1'/>`, more);
  await play(
    `${own}${session("session-initiate")}
${GIVES_UP("sip:juliet@example.org")}${session("session-terminate", "end-")}`,
    { ...INTERCEPT, calls: { trusted: false } },
  );
});

describe("a call of a user to somebody of another domain", () => {
  const CALLS = (to: string): string => HANDED("d1", JULIET, to, JINGLE("session-initiate", "s1", "{offer-contents}"));
  plays(
    [
      // proves: A5
      [
        "whose name is of another script: its host in SIP is by IDNA",
        `${CALLS("romeo@b\u00fccher.example/x")}${TAKEN("d1")}
gateway > phone
    INVITE sip:romeo@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:romeo@xn--bcher-kva.example>
phone > gateway
    SIP/2.0 404 Not Found
gateway > phone
    ACK sip:romeo@192.0.2.2:5060 SIP/2.0
${SAID("romeo@b\u00fccher.example/x", JULIET, "<jingle action='session-terminate' sid='s1'/>")}`,
      ],
      // proves: A5
      [
        "that is no host, but would add parameters and headers to the URI: nobody has this address",
        `${CALLS("romeo@evil.example;tag=1?Subject=a")}${ANSWERED("d1", "<iq xmlns='jabber:client' type='error'><error type='cancel'><item-not-found/></error></iq>")}
nothing on phone`,
      ],
    ],
    INTERCEPT,
  );
});

describe("a phone that has the user's own address", () => {
  const SELF = "juliet@example.org";
  plays(
    [
      // proves: X6
      [
        "calls: what the user's device says to the own account is of that call",
        `${changed(ROMEO_CALLS, "sip:romeo@example.org", "sip:juliet@example.org")}${SAID(SELF, JULIET, JINGLE("session-initiate", "r1"))}${HANDED("d1", JULIET, SELF, JINGLE("session-terminate", "r1", "<reason><decline/></reason>"))}${TAKEN("d1")}
gateway > phone
    SIP/2.0 486 Busy Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
      ],
    ],
    INTERCEPT,
  );
});

describe("what a user's client asks a phone's device", () => {
  const ASKS = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
  const CAN =
    "<iq xmlns='jabber:client' type='result' id='c-d1' from='romeo@example.org/sip' to='juliet@example.org/balcony'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='phone'/><feature var='urn:xmpp:jingle:1'/></query></iq>";
  const SAYS = (by: string, inside: string): string => `
example.org > gateway
    <message to='sip.example.org'><delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>
      <message xmlns='jabber:client' type='chat' from='${by}' to='romeo@example.org'>${inside}</message></forwarded></delegation></message>
`;
  const TOLD = (to: string, word: string): string => `
gateway > example.org
    <message><privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'>
      <message xmlns='jabber:client' from='romeo@example.org/sip' to='${to}'><${word} xmlns='urn:xmpp:jingle-message:0' id='p1'/></message></forwarded></privilege></message>
`;
  const AUDIO = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>";
  const PROPOSES = (by: string): string =>
    `${SAYS(by, `<propose xmlns='urn:xmpp:jingle-message:0' id='p1'>${AUDIO}</propose>`)}${TOLD(by, "ringing")}${TOLD(by, "proceed")}`;
  const ASKED = (device: string): string => HANDED("d1", JULIET, device, ASKS, "get");
  const NOT_OURS = `
gateway > example.org
    <iq type='error' id='d1'><error type='cancel'><feature-not-implemented/></error></iq>
`;
  plays(
    [
      // proves: X7
      [
        "is answered where a call was proposed: it can what every phone can (COMPAT Dino)",
        `${PROPOSES(JULIET)}${ASKED("romeo@example.org/sip")}${ANSWERED("d1", CAN)}`,
      ],
      // proves: X7
      [
        "is answered where a call rings",
        `${ROMEO_CALLS}${SAID("romeo@example.org", JULIET, JINGLE("session-initiate", "r1"))}${ASKED("romeo@example.org/sip")}${ANSWERED("d1", CAN)}${HANDED("d2", JULIET, "romeo@example.org", JINGLE("session-terminate", "r1", "<reason><decline/></reason>"))}${TAKEN("d2")}
gateway > phone
    SIP/2.0 486 Busy Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
      ],
      // proves: X7
      [
        "where there is no call: a device, or somebody in a room, of that name; not ours, the server routes it",
        `${ASKED("romeo@example.org/sip")}${NOT_OURS}`,
      ],
      // proves: X7
      [
        "where another device has proposed, or this one to somebody else: not ours, the server routes it",
        `${PROPOSES("juliet@example.org/phone")}${ASKED("romeo@example.org/sip")}${NOT_OURS}${PROPOSES(JULIET)}${ASKED("romeo@example.org.uk/sip")}${NOT_OURS}`,
      ],
      // proves: X7
      [
        "where the proposal was taken back, or nothing came of it: not ours, the server routes it",
        `${PROPOSES(JULIET)}${SAYS(JULIET, "<retract xmlns='urn:xmpp:jingle-message:0' id='p1'/>")}${ASKED("romeo@example.org/sip")}${NOT_OURS}${PROPOSES(JULIET)}
after 3600 s${ASKED("romeo@example.org/sip")}${NOT_OURS}`,
      ],
      // proves: X7
      [
        "of another device: not ours, the server routes it",
        `${PROPOSES(JULIET)}${ASKED("romeo@example.org/orchard")}${NOT_OURS}`,
      ],
    ],
    INTERCEPT,
  );
});

describe("what is handed over wrongly", () => {
  plays(
    [
      [
        "is refused inside of its answer, as anywhere: a session that nobody knows",
        `${HANDED("d1", JULIET, "romeo@example.org/orchard", JINGLE("session-terminate", "nobody"))}${ANSWERED("d1", "<iq xmlns='jabber:client' type='error'><error type='cancel'><item-not-found/></error></iq>")}`,
      ],
      // proves: X8
      [
        "by a server that is not the user's: forbidden",
        `${HANDED("d1", "juliet@elsewhere.example/x", "romeo@example.org", JINGLE("session-initiate", "s1", "{offer-contents}"))}
gateway > example.org
    <iq type='error' id='d1'><error type='auth'><forbidden/></error></iq>
`,
      ],
      // proves: X5
      [
        "of one device to another of the same user: not ours, the server routes it",
        `${HANDED("d1", JULIET, "juliet@example.org/phone", JINGLE("session-initiate", "s1", "{offer-contents}"))}
gateway > example.org
    <iq type='error' id='d1'><error type='cancel'><feature-not-implemented/></error></iq>
nothing on phone
`,
      ],
      // proves: X8
      [
        "though it is no Jingle: not ours, the server routes it",
        `${HANDED("d1", JULIET, "romeo@example.org", "<query xmlns='jabber:iq:version'/>", "get")}
gateway > example.org
    <iq type='error' id='d1'><error type='cancel'><feature-not-implemented/></error></iq>
`,
      ],
    ],
    INTERCEPT,
  );
});
