/** What a caller hears when the user's client, or its server, refuses the session-initiate by an IQ error: docs/mapping.md table D, RFC 7247 §7. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { type PlayRow, plays } from "../support/plays.ts";
import { CAROL, CAROL_CALLS } from "./scenes.ts";

const ASKED = changed(
  changed(CAROL_CALLS, "gateway > juliet", "gateway > juliet (unanswered)"),
  "<iq type='set' from='carol",
  "<iq type='set' id='{asked}' from='carol",
);
const REFUSES = (condition: string): string => `
juliet > gateway
    <iq type='error' id='{asked}' to='${CAROL}'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
`;
const HEARS = (line: string): string => `
gateway > phone
    SIP/2.0 ${line}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
nothing on juliet
`;

const REFUSALS: readonly (readonly [name: string, condition: string, line: string])[] = [
  // proves: D5
  ["nobody of that name (item-not-found): 480", "item-not-found", "480 Temporarily Unavailable"],
  // proves: D5
  ["a device that is gone (recipient-unavailable): 480", "recipient-unavailable", "480 Temporarily Unavailable"],
  // proves: D5
  [
    "a client that knows no Jingle (feature-not-implemented): 480",
    "feature-not-implemented",
    "480 Temporarily Unavailable",
  ],
  // proves: D5
  [
    "a server that is not found (remote-server-not-found): 480",
    "remote-server-not-found",
    "480 Temporarily Unavailable",
  ],
  // proves: D5
  [
    "a server that does not answer (remote-server-timeout): 480",
    "remote-server-timeout",
    "480 Temporarily Unavailable",
  ],
  // proves: D5
  ["who may not call (forbidden): 403", "forbidden", "403 Forbidden"],
  // proves: D5
  ["what nobody may (not-allowed): 403", "not-allowed", "403 Forbidden"],
  // proves: D5
  ["a sid that is in use (conflict): 486", "conflict", "486 Busy Here"],
  // proves: D5
  ["a client that has no room (resource-constraint): 486", "resource-constraint", "486 Busy Here"],
  // proves: D5
  ["an offer that is not understood (bad-request): 488", "bad-request", "488 Not Acceptable Here"],
  // proves: D5
  ["an offer that is not taken (not-acceptable): 488", "not-acceptable", "488 Not Acceptable Here"],
  // proves: D5
  ["a fault (internal-server-error): 500", "internal-server-error", "500 Server Internal Error"],
];

describe("a client refuses", () =>
  plays(REFUSALS.map(([name, condition, line]): PlayRow => [name, ASKED + REFUSES(condition) + HEARS(line)])));
