/**
 * What phones answer to our INFO, and what follows: docs/mapping.md table T, RFC 3261 §12.2.1.2, RFC 6086 §4.2.2.
 *
 * Two kinds of INFO are said, candidates and keys. 405 and 501 are about INFO itself; 415, 469 and 489 about what is in it.
 */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { type PlayRow, plays } from "../support/plays.ts";
import { BOB_ANSWERS, JULIET_CALLS, JULIET_SAYS, PHONE_HANGS_UP, TALKING } from "./scenes.ts";

const TRICKLING =
  JULIET_CALLS + changed(BOB_ANSWERS, "    Content-Type", "    Recv-Info: trickle-ice\n    Content-Type");
const CANDIDATE = JULIET_SAYS("transport-info", "{caller-trickles}", "t1");
const GATHERED = JULIET_SAYS("transport-info", "{caller-has-gathered}", "t2");
const PRESSES = (code: string): string =>
  JULIET_SAYS("session-info", `<dtmf xmlns='urn:xmpp:jingle:dtmf:0' code='${code}'/>`, `k${code}`);
const INFO = (cseq: number, type: string): string => `
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INFO
    Content-Type: application/${type}
`;
const FRAGMENT = (cseq: number): string => INFO(cseq, "trickle-ice-sdpfrag");
const KEY = (cseq: number): string => INFO(cseq, "dtmf-relay");
const SAYS = (cseq: number, line = "200 OK"): string => `
phone > gateway
    SIP/2.0 ${line}
    CSeq: ${cseq} INFO
`;
const SILENCE = "\nnothing on phone\nnothing on juliet\n";
const LOST = (status: number): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><general-error/><sip-error code='${status}'/></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
`;

/** The phone refuses a candidate's INFO; the next candidate and a key show what follows. */
const candidates = (line: string, later: string): string =>
  `${TRICKLING}${CANDIDATE}${FRAGMENT(2)}${SAYS(2, line)}${GATHERED}${later}${PHONE_HANGS_UP}`;
/** The phone refuses a key; another key and a candidate show what follows. */
const keys = (line: string, later: string): string =>
  `${TRICKLING}${PRESSES("1")}${KEY(2)}${SAYS(2, line)}${PRESSES("2")}${later}${PHONE_HANGS_UP}`;
const NOTHING_MORE = SILENCE;
const KEYS_ALONE = `${SILENCE}${PRESSES("1")}${KEY(3)}${SAYS(3)}`;
const CANDIDATES_ALONE = `${SILENCE}${CANDIDATE}${FRAGMENT(3)}${SAYS(3)}`;

const ROWS: PlayRow[] = [
  // proves: T3
  ["405 to candidates: no INFO any more", candidates("405 Method Not Allowed", NOTHING_MORE + PRESSES("1") + SILENCE)],
  // proves: T3
  ["501 to candidates: no INFO any more", candidates("501 Not Implemented", NOTHING_MORE + PRESSES("1") + SILENCE)],
  // proves: T4
  ["415 to candidates: no more of them, and keys go on", candidates("415 Unsupported Media Type", KEYS_ALONE)],
  // proves: T4
  ["469 to candidates: no more of them, and keys go on", candidates("469 Bad Info Package", KEYS_ALONE)],
  // proves: T4
  ["489 to candidates: no more of them, and keys go on", candidates("489 Bad Event", KEYS_ALONE)],
  // proves: T3
  ["405 to a key: no INFO any more", keys("405 Method Not Allowed", NOTHING_MORE + CANDIDATE + SILENCE)],
  // proves: T3
  ["501 to a key: no INFO any more", keys("501 Not Implemented", NOTHING_MORE + CANDIDATE + SILENCE)],
  // proves: T4
  ["415 to a key: no more of them, and candidates go on", keys("415 Unsupported Media Type", CANDIDATES_ALONE)],
  // proves: T4
  ["469 to a key: no more of them, and candidates go on", keys("469 Bad Info Package", CANDIDATES_ALONE)],
  // proves: T4
  ["489 to a key: no more of them, and candidates go on", keys("489 Bad Event", CANDIDATES_ALONE)],
  // proves: T5
  ["500 to candidates: the next are said all the same", candidates("500 Busy Now", FRAGMENT(3) + SAYS(3))],
  // proves: T5
  [
    "500 to candidates, while newer ones wait: these are said at once",
    `${TRICKLING}${CANDIDATE}${FRAGMENT(2)}${GATHERED}${SILENCE}${SAYS(2, "500 Busy Now")}${FRAGMENT(3)}${SAYS(3)}${PHONE_HANGS_UP}`,
  ],
  // proves: S45
  ["408 to candidates says nothing about the call", candidates("408 Request Timeout", FRAGMENT(3) + SAYS(3))],
  // proves: S45
  ["408 to a key says nothing about the call", keys("408 Request Timeout", KEY(3) + SAYS(3))],
];

describe("a phone answers our INFO", () => {
  plays(ROWS);
  plays([
    // proves: S44
    ["481 to a key: BYE, and general-error", `${TALKING}${PRESSES("1")}${KEY(2)}${SAYS(2, "481 None")}${LOST(481)}`],
    // proves: S45
    [
      "with nothing at all, which says nothing about the call",
      `${TALKING}${PRESSES("1")}${KEY(2)}
after 33 s
nothing on juliet
${PRESSES("2")}${KEY(3)}${SAYS(3)}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
  ]);
});
