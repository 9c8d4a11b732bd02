/**
 * Credentials for whoever asks: a refused request made again with digest (RFC 3261 §22.2, §22.3).
 *
 * Rules: without credentials there is no second try; nor for a realm that has refused them already, unless it only calls
 * the nonce stale. The new request has the next CSeq number, whose bookkeeping is the caller's.
 */
import { answerChallenge, type Credentials, challengesOf, type Hash } from "../protocol/digest.ts";
import type { Field, Request, Response } from "../protocol/sip.ts";
import { header, readCSeq, withHeader } from "../protocol/sip-fields.ts";
import { param } from "../protocol/sip-values.ts";

/** A request is made again this often at most: for a proxy, for the phone behind it, for a nonce that was stale. */
export const MOST_TRIES = 3;

/** The same request with credentials, or undefined when there are none to give. */
export type Authenticate = (request: Request, response: Response) => Request | undefined;

export function authenticator(credentials: Credentials, by: { random: () => string; hash: Hash }): Authenticate {
  return (request, response) => {
    if (credentials.username === "" || (response.status !== 401 && response.status !== 407)) return undefined;
    const [challenge] = challengesOf(response);
    if (challenge === undefined) return undefined;
    const refusedBefore = header(request, challenge.field) !== undefined;
    if (refusedBefore && param(challenge.params, "stale")?.toLowerCase() !== "true") return undefined;
    const answer = answerChallenge(challenge, request, credentials, { hash: by.hash, cnonce: by.random() });
    const { number, method } = readCSeq(header(request, "CSeq") ?? "");
    const field: Field = [challenge.field, answer];
    const answered = refusedBefore ? withHeader(request, field) : afterCallId(request, field);
    return withHeader(answered, ["CSeq", `${number + 1} ${method}`]);
  };
}

/** The field stands before CSeq, among what tells who asks. */
function afterCallId(request: Request, field: Field): Request {
  const at = request.headers.findIndex(([name]) => name === "CSeq");
  return { ...request, headers: [...request.headers.slice(0, at), field, ...request.headers.slice(at)] };
}
