/**
 * Our credentials toward the proxy: repeats a refused request with digest (RFC 3261 §22.2, §22.3).
 *
 * Rules: only the proxy's realms are answered, i.e. the configured ones or else those of the first challenge, which apply to
 * this call only, so that a phone behind the proxy can neither ask for credentials nor spoil them for other calls; line.ts checks that
 * the request goes to the proxy at all. Each realm gets credentials once per Request-URI, and again only for stale=true. Credentials for
 * other realms stay in the request (§22.3). The new request has the next CSeq number of its dialog, which the caller supplies and stores.
 */
import {
  answerChallenge,
  type Challenge,
  type Credentials,
  challengesOf,
  type Hash,
  isCredentials,
  realmOf,
} from "../../protocol/sip/digest.ts";
import { withHeader } from "../../protocol/sip/fields.ts";
import { cseqOf } from "../../protocol/sip/mandatory.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { param } from "../../protocol/sip/values.ts";

export interface ProxyAccount extends Credentials {
  /** The realms that get the credentials; if empty, those of the first challenge. */
  readonly realm: readonly string[];
  /** Whether the first challenge may be a 401, which may come from the callee, as well as a 407, which comes from a proxy. */
  readonly learnsFrom401: boolean;
}

/** Our credentials toward the proxy; none if the username is empty. */
export class ProxyCredentials {
  readonly #account: ProxyAccount;
  readonly #random: () => string;
  readonly #hash: Hash;
  readonly #learned: ((realms: readonly string[]) => void) | undefined;
  #realms: readonly string[];

  /** `learned` is called with the realms of the first challenge. */
  constructor(
    account: ProxyAccount,
    by: { random: () => string; hash: Hash },
    learned?: (realms: readonly string[]) => void,
  ) {
    this.#account = account;
    this.#random = by.random;
    this.#hash = by.hash;
    this.#learned = learned;
    this.#realms = account.realm;
  }

  /** The refused request with credentials and this CSeq number; undefined if there are none to add. */
  answer(request: Request, response: Response, number: number): Request | undefined {
    if (this.#account.username === "" || (response.status !== 401 && response.status !== 407)) return undefined;
    const challenges = firstOfEachRealm(challengesOf(response));
    if (this.#realms.length === 0 && (response.status === 407 || this.#account.learnsFrom401)) this.#learn(challenges);
    const due = challenges.filter(
      (challenge) =>
        this.#realms.includes(realm(challenge)) &&
        (isStale(challenge) || !request.headers.some((field) => isAnswerTo(challenge, field))),
    );
    if (due.length === 0) return undefined;
    const answers = due.map((challenge): Field => {
      const by = { hash: this.#hash, cnonce: this.#random() };
      return [challenge.field, answerChallenge(challenge, request, this.#account, by)];
    });
    const others = request.headers.filter((field) => !due.some((challenge) => isAnswerTo(challenge, field)));
    const { method } = cseqOf(request);
    return withHeader(beforeCSeq({ ...request, headers: others }, answers), ["CSeq", `${number} ${method}`]);
  }

  #learn(challenges: readonly Challenge[]): void {
    this.#realms = challenges.map(realm);
    this.#learned?.(this.#realms);
  }
}

/** The credentials of a request, which the ACK to its 2xx repeats (RFC 3261 §22.1). */
export const credentialsIn = (request: Request): Field[] => request.headers.filter(isCredentials);

/** The request for another URI, without credentials: a digest covers the old URI, and the new target has not challenged us (§22.4). */
export const withoutCredentials = (request: Request): Request => ({
  ...request,
  headers: request.headers.filter((field) => !isCredentials(field)),
});

const realm = ({ params }: Challenge): string => param(params, "realm") ?? "";
const isStale = ({ params }: Challenge): boolean => param(params, "stale")?.toLowerCase() === "true";
const isAnswerTo = (challenge: Challenge, [name, value]: Field): boolean =>
  name === challenge.field && realmOf(value) === realm(challenge);

const firstOfEachRealm = (challenges: readonly Challenge[]): Challenge[] =>
  challenges.filter(
    (one, at) => challenges.findIndex((other) => other.field === one.field && realm(other) === realm(one)) === at,
  );

/** Inserts the fields before CSeq. */
function beforeCSeq(request: Request, fields: readonly Field[]): Request {
  const at = request.headers.findIndex(([name]) => name === "CSeq");
  return { ...request, headers: [...request.headers.slice(0, at), ...fields, ...request.headers.slice(at)] };
}
