/** Whoever asks for credentials is answered, on every request of ours: RFC 3261 §22, RFC 7616. */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  BOB,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  JULIET_HOLDS,
  JULIET_SAYS,
  PHONE_HANGS_UP,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const WITH = { calls: { username: "carillon", password: "pw" } };
const CHALLENGED = (cseq: number, ...challenges: string[]): string => `
phone > gateway
    SIP/2.0 407 Proxy Authentication Required
    CSeq: ${cseq} INVITE
    To: <sip:bob@sip.example.org>;tag=p${cseq}
${challenges.map((each) => `    Proxy-Authenticate: ${each}\n`).join("")}gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} ACK
`;
const ANSWERS_OF = (realm: string): string =>
  `    Proxy-Authorization: Digest username="carillon", realm="${realm}", …\n`;
const INVITED_AGAIN = (cseq: number, ...answers: string[]): string => `
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INVITE
${answers.map(ANSWERS_OF).join("")}`;
const REFUSED = (cseq: number, status = "486 Busy Here", reason = "<decline/>"): string => `
phone > gateway
    SIP/2.0 ${status}
    CSeq: ${cseq} INVITE
    To: <sip:bob@sip.example.org>;tag=z
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} ACK
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason>${reason}</reason></jingle></iq>
`;
const CHALLENGED_CALL = (realm: string): string =>
  `${JULIET_CALLS}${CHALLENGED(1, `Digest realm="${realm}", nonce="n"`)}${INVITED_AGAIN(2, realm)}${REFUSED(2)}`;
const ERROR_407 = "<general-error/><sip-error code='407'/>";
const UNREADABLE = (challenge: string): string => `${JULIET_CALLS}${CHALLENGED(1, challenge)}
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason>${ERROR_407}</reason></jingle></iq>
`;
const KEY = JULIET_SAYS("session-info", "<dtmf xmlns='urn:xmpp:jingle:dtmf:0' code='1'/>", "k1");

describe("a challenge", () => {
  plays(
    [
      // proves: S21
      [
        "of an algorithm that is none is passed over: the refusal is as any",
        UNREADABLE('Digest realm="r", nonce="n", algorithm=__proto__'),
      ],
      ["of another such algorithm too", UNREADABLE('Digest realm="r", nonce="n", algorithm=constructor')],
      // proves: S21
      ["with a quote that has no partner is passed over", UNREADABLE('Digest realm="r, nonce="n"')],
      ["with something behind a quote is passed over", UNREADABLE('Digest realm="r", nonce="n"x')],
      // proves: S21
      [
        "that cannot be read does not hide one that can",
        `${JULIET_CALLS}${CHALLENGED(1, 'Digest realm="r", nonce="n"x', 'Digest realm="r", nonce="n"')}${INVITED_AGAIN(2, "r")}${REFUSED(2)}`,
      ],
      // proves: S19
      [
        "of two realms in one response is answered twice",
        `${JULIET_CALLS}${CHALLENGED(1, 'Digest realm="one", nonce="n"', 'Digest realm="two", nonce="n"')}${INVITED_AGAIN(2, "one", "two")}${REFUSED(2)}`,
      ],
      // proves: S19
      [
        "of another realm in the next call is answered, too: what the first has taught holds for that call",
        ["one", "two"].map((realm) => changedAll(CHALLENGED_CALL(realm), /\b(s1|our-tag)\b/g, `$1${realm}`)).join(""),
      ],
      [
        "of a realm that has refused us is not answered again",
        `${JULIET_CALLS}${CHALLENGED(1, 'Digest realm="one", nonce="n"')}${INVITED_AGAIN(2, "one")}${REFUSED(2, '407 No\n    Proxy-Authenticate: Digest realm="one", nonce="m"', ERROR_407)}`,
      ],
    ],
    WITH,
  );
});

describe("a challenge, where the realms are configured,", () => {
  plays(
    [
      // proves: S19
      [
        "of each of two proxies on the way is answered, and both answers stand in the request (§22.3)",
        `${JULIET_CALLS}${CHALLENGED(1, 'Digest realm="one", nonce="n"')}${INVITED_AGAIN(2, "one")}${CHALLENGED(2, 'Digest realm="two", nonce="n"')}${INVITED_AGAIN(3, "one", "two")}${REFUSED(3)}`,
      ],
    ],
    { calls: { ...WITH.calls, realm: ["one", "two"] } },
  );
});

/** What one of the places says to the INVITE that it has got. */
const SAID = (place: string, cseq: number, line: string): string => `
phone > gateway
    SIP/2.0 ${line}
    CSeq: ${cseq} INVITE
    To: <sip:bob@sip.example.org>;tag=p${cseq}
gateway > phone
    ACK ${place} SIP/2.0
    CSeq: ${cseq} ACK
`;
const INVITED = (place: string, cseq: number, lines: string): string => `
gateway > phone
    INVITE ${place} SIP/2.0
    CSeq: ${cseq} INVITE
${lines}`;
const ASKED = (nonce: string): string =>
  `407 Proxy Authentication Required\n    Proxy-Authenticate: Digest realm="one", nonce="${nonce}"`;
const ANSWERED = (place: string, nonce: string): string =>
  `    Proxy-Authorization: Digest username="carillon", realm="one", nonce="${nonce}", uri="${place}", …\n`;
const PLACES = ["sip:bob@192.0.2.2:5060", "sip:a@x", "sip:b@x", "sip:c@x", "sip:d@x", "sip:e@x"];
/** Each of the first places asks for credentials, gets them, and points to the next. */
const AT_EACH = (count: number): string =>
  PLACES.slice(0, count)
    .map((place, at) => {
      const first = at === 0 ? "" : INVITED(place, 2 * at + 1, "    no Proxy-Authorization: …\n");
      const next = PLACES[at + 1] ?? "sip:f@x";
      return `${first}${SAID(place, 2 * at + 1, ASKED(`n${at}`))}${INVITED(place, 2 * at + 2, ANSWERED(place, `n${at}`))}${SAID(place, 2 * at + 2, `302 Moved Temporarily\n    Contact: <${next}>`)}`;
    })
    .join("");
const ENDS = (reason: string): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason>${reason}</reason></jingle></iq>
`;

describe("a redirection after a challenge", () => {
  plays(
    [
      // proves: S20
      [
        "goes on without the digest of the place before, which has another URI",
        `${JULIET_CALLS}${AT_EACH(1)}${INVITED("sip:a@x", 3, "    no Proxy-Authorization: …\n")}${SAID("sip:a@x", 3, "486 Busy Here")}${ENDS("<decline/>")}`,
      ],
      // proves: S20
      [
        "is answered where the same realm asks again, at each of six places",
        `${JULIET_CALLS}${AT_EACH(PLACES.length)}${ENDS("<general-error/><sip-error code='302'/>")}`,
      ],
      // proves: S20
      [
        "does not answer a realm that refuses us there, too",
        `${JULIET_CALLS}${AT_EACH(1)}${INVITED("sip:a@x", 3, "")}${SAID("sip:a@x", 3, ASKED("n1"))}${INVITED("sip:a@x", 4, ANSWERED("sip:a@x", "n1"))}${SAID("sip:a@x", 4, ASKED("n2"))}${ENDS(ERROR_407)}`,
      ],
    ],
    WITH,
  );
});

describe("in the dialog", () => {
  plays(
    [
      // proves: S19
      [
        "the ACK to the answer of a re-INVITE has its credentials (§22.1)",
        `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "")}
phone > gateway
    SIP/2.0 407 Proxy Authentication Required
    CSeq: 2 INVITE
    Proxy-Authenticate: Digest realm="r", nonce="n"
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
${REINVITED(3, ANSWERS_OF("r"))}${changed(AGREED(3, "recvonly"), "CSeq: 3 ACK", `CSeq: 3 ACK\n${ANSWERS_OF("r")}`)}${PHONE_HANGS_UP}`,
      ],
      // proves: S51
      [
        "a re-INVITE that is made again has a time of its own: 100 and no more is CANCEL after 64*T1",
        `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "")}
phone > gateway
    SIP/2.0 100 Trying
    CSeq: 2 INVITE
phone > gateway
    SIP/2.0 407 Proxy Authentication Required
    CSeq: 2 INVITE
    Proxy-Authenticate: Digest realm="r", nonce="n"
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
${REINVITED(3, ANSWERS_OF("r"))}
phone > gateway
    SIP/2.0 100 Trying
    CSeq: 3 INVITE
after 31 s
nothing on phone
after 1 s
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 3 CANCEL
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><sip-error code='408'/></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 4 BYE
`,
        { byTheClock: true },
      ],
      // proves: S19
      [
        "a request that is made again has the next number of the dialog, whatever was said meanwhile",
        `${TALKING}${KEY}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INFO
${JULIET_HOLDS()}${REINVITED(3, "")}
phone > gateway
    SIP/2.0 407 Proxy Authentication Required
    CSeq: 2 INFO
    Proxy-Authenticate: Digest realm="r", nonce="n"
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 4 INFO
phone > gateway
    SIP/2.0 200 OK
    CSeq: 4 INFO
${AGREED(3, "recvonly")}${changed(JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060"), "SIP/2.0\n", "SIP/2.0\n    CSeq: 5 BYE\n")}`,
        { byTheClock: true },
      ],
    ],
    WITH,
  );
});

/** A phone that answers the call from a host of its own, where what we say in the dialog goes. */
const MOVED = changed(
  changed(TALKING, "Contact: <sip:bob@192.0.2.2:5060>", "Contact: <sip:bob@203.0.113.66:5060>"),
  "gateway > phone\n    ACK sip:bob@192.0.2.2:5060",
  "gateway > stranger\n    ACK sip:bob@203.0.113.66:5060",
);
const CHALLENGES = [
  ["a 401", "401 Unauthorized", "WWW-Authenticate"],
  ["a 407", "407 Proxy Authentication Required", "Proxy-Authenticate"],
] as const;
const CHALLENGE = (field: string, realm: string): string => `${field}: Digest realm="${realm}", nonce="n"`;
/** What the host of the phone answers, to a request that had no credentials. */
const ASKED_THERE = (request: string, cseq: number, line: string, field: string): string => `
gateway > stranger
    ${request} sip:bob@203.0.113.66:5060 SIP/2.0
    CSeq: ${cseq} ${request}
    no Authorization: …
    no Proxy-Authorization: …
stranger > gateway
    SIP/2.0 ${line}
    CSeq: ${cseq} ${request}
    ${CHALLENGE(field, "proxy")}
${
  request === "INVITE"
    ? `gateway > stranger
    ACK sip:bob@203.0.113.66:5060 SIP/2.0
    CSeq: ${cseq} ACK
    no Authorization: …
    no Proxy-Authorization: …
`
    : ""
}`;
/** The same of a phone that the proxy stands before, for a realm of its own. */
const ASKED_BEHIND = (request: string, line: string, field: string): string =>
  changedAll(
    changedAll(changed(ASKED_THERE(request, 2, line, field), 'realm="proxy"', 'realm="phone"'), "stranger", "phone"),
    "203.0.113.66",
    "192.0.2.2",
  );
const THE_PHONE_LEAVES = `
stranger > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > stranger
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><success/></reason></jingle></iq>
`;
/** The hold that the phone has refused is taken back, as after any error. */
const HELD_IN_VAIN = `
gateway > juliet
    <iq type='set'><jingle action='content-modify' sid='s1'><content name='0' senders='both'/></jingle></iq>
`;
const JULIET_LEAVES = JULIET_HANGS_UP(BOB, "s1", "").split("gateway > phone")[0] ?? "";
const ONLY_THE_PROXY = { calls: { ...WITH.calls, realm: ["proxy"] } };

describe.each(CHALLENGES)("%s of somebody who is not the proxy gets no credentials:", (_, line, field) => {
  plays(
    [
      // proves: G9
      [
        "of a called phone with a realm of its own, to the INVITE: it counts as any error",
        `${JULIET_CALLS}${REFUSED(1, `${line}\n    ${CHALLENGE(field, "phone")}`, `<general-error/><sip-error code='${line.slice(0, 3)}'/>`)}`,
      ],
      // proves: G9
      ["of the phone's own host, to BYE", `${MOVED}${JULIET_LEAVES}${ASKED_THERE("BYE", 2, line, field)}`],
      // proves: G9
      [
        "of the phone's own host, to a re-INVITE",
        `${MOVED}${JULIET_HOLDS()}${ASKED_THERE("INVITE", 2, line, field)}${HELD_IN_VAIN}${THE_PHONE_LEAVES}`,
      ],
      // proves: G9
      ["of the phone's own host, to INFO", `${MOVED}${KEY}${ASKED_THERE("INFO", 2, line, field)}${THE_PHONE_LEAVES}`],
      // proves: G9
      ["of a phone behind the proxy, to BYE", `${TALKING}${JULIET_LEAVES}${ASKED_BEHIND("BYE", line, field)}`],
      [
        "of a phone behind the proxy, to a re-INVITE",
        `${TALKING}${JULIET_HOLDS()}${ASKED_BEHIND("INVITE", line, field)}${HELD_IN_VAIN}${PHONE_HANGS_UP}`,
      ],
      ["of a phone behind the proxy, to INFO", `${TALKING}${KEY}${ASKED_BEHIND("INFO", line, field)}${PHONE_HANGS_UP}`],
    ],
    ONLY_THE_PROXY,
  );

  plays(
    [
      [
        "of a second realm, where the first challenge has told the proxy's",
        `${JULIET_CALLS}${CHALLENGED(1, 'Digest realm="proxy", nonce="n"')}${INVITED_AGAIN(2, "proxy")}${REFUSED(2, `${line}\n    ${CHALLENGE(field, "phone")}`, `<general-error/><sip-error code='${line.slice(0, 3)}'/>`)}`,
      ],
    ],
    WITH,
  );
});
