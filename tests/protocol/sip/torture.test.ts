/** The torture messages of RFC 4475, with what becomes of each here. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../../protocol/refusal.ts";
import { clientKeyOf } from "../../../protocol/sip/match.ts";
import { Malformed } from "../../../protocol/sip/message.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import { judge } from "../../../protocol/sip/rules.ts";

const folder = join(import.meta.dir, "../../../node_modules/sip/test/messages");

/** accepted, a status that answers it, or "dropped" for responses that nobody takes. */
const VERDICTS: readonly (readonly [file: string, section: string, verdict: string])[] = [
  ["wsinv", "3.1.1.1 a short tortuous INVITE", "accepted"],
  ["intmeth", "3.1.1.2 a wide range of valid characters", "501"],
  ["esc01", "3.1.1.3 escapes in a URI", "accepted"],
  ["escnull", "3.1.1.4 escaped nulls (REGISTER)", "405"],
  ["esc02", "3.1.1.5 a method with a percent sign", "501"],
  ["lwsdisp", "3.1.1.6 no blank between name and <", "accepted"],
  ["longreq", "3.1.1.7 long values", "accepted"],
  ["dblreq", "3.1.1.8 octets after the body are discarded (REGISTER)", "405"],
  ["semiuri", "3.1.1.9 semicolons in the user part", "accepted"],
  ["transports", "3.1.1.10 every transport in Via", "accepted"],
  ["mpart01", "3.1.1.11 multipart (MESSAGE)", "405"],
  ["unreason", "3.1.1.12 a reason phrase in UTF-8", "response"],
  ["noreason", "3.1.1.13 an empty reason phrase", "response"],
  ["badinv01", "3.1.2.1 extraneous separators", "400"],
  ["clerr", "3.1.2.2 Content-Length larger than the body", "400"],
  ["ncl", "3.1.2.3 a negative Content-Length", "400"],
  ["scalar02", "3.1.2.4 scalars out of range in a request", "400"],
  ["scalarlg", "3.1.2.5 scalars out of range in a response", "dropped"],
  ["quotbal", "3.1.2.6 an unterminated quoted string", "400"],
  ["ltgtruri", "3.1.2.7 <> around the Request-URI", "400"],
  ["lwsruri", "3.1.2.8 blanks in the Request-URI", "400"],
  ["lwsstart", "3.1.2.9 blanks in the start line", "400"],
  ["trws", "3.1.2.10 a blank at the end of the start line", "400"],
  ["escruri", "3.1.2.11 headers in the Request-URI, which are ignored as §3.1.2.11 allows", "accepted"],
  ["baddate", "3.1.2.12 an invalid Date, which nobody here reads", "accepted"],
  ["regbadct", "3.1.2.13 a Contact whose URI needs brackets", "400"],
  ["badaspec", "3.1.2.14 blanks within an addr-spec", "400"],
  ["baddn", "3.1.2.15 a display name that needs quotes", "400"],
  ["badvers", "3.1.2.16 an unknown version", "505"],
  ["mismatch01", "3.1.2.17 CSeq names another method", "400"],
  ["mismatch02", "3.1.2.18 CSeq names another method, which nobody knows", "400"],
  ["bigcode", "3.1.2.19 a status out of range", "dropped"],
  ["badbranch", "3.2.1 a branch that is the magic cookie alone", "accepted"],
  ["insuf", "3.3.1 no Call-ID, From or To", "400"],
  ["unkscm", "3.3.2 an unknown scheme in the Request-URI", "416"],
  ["novelsc", "3.3.3 a known but untaken scheme", "416"],
  ["unksm2", "3.3.4 unknown schemes elsewhere (REGISTER)", "405"],
  ["bext01", "3.3.5 Require and Proxy-Require", "420"],
  ["invut", "3.3.6 an unknown content type", "415"],
  ["regaut01", "3.3.7 an unknown authorization scheme (REGISTER)", "405"],
  ["multi01", "3.3.8 single fields given twice", "400"],
  ["mcl01", "3.3.9 two Content-Lengths", "400"],
  ["bcast", "3.3.10 a response with a broadcast Via", "response"],
  ["zeromf", "3.3.11 Max-Forwards 0: an endpoint answers all the same", "accepted"],
  ["cparam01", "3.3.12 a header parameter for the Contact (REGISTER)", "405"],
  ["cparam02", "3.3.13 a URI parameter for the Contact (REGISTER)", "405"],
  ["regescrt", "3.3.14 an escaped Route in the Contact (REGISTER)", "405"],
  ["sdp01", "3.3.15 an Accept without SDP", "accepted"],
  ["inv2543", "3.4.1 an INVITE of RFC 2543", "accepted"],
];

function verdictOf(file: string): string {
  try {
    const message = readMessage(readFileSync(join(folder, `${file}.dat`)));
    if (message.kind === "request") return `${judge(message)?.status ?? "accepted"}`;
    clientKeyOf(message);
    return "response";
  } catch (error) {
    if (error instanceof Malformed && !/status line/.test(error.message)) return `${error.sip.status}`;
    if (error instanceof Refusal) return "dropped";
    throw error;
  }
}

test.each(VERDICTS)("%s (§%s): %s", (file, _, verdict) => {
  expect(verdictOf(file)).toBe(verdict);
});
