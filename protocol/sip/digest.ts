/**
 * Digest authentication as a client: RFC 3261 §22, RFC 7616, RFC 8760. Pure: the hash function is a parameter.
 *
 * Rules: of each realm the first challenge with a known algorithm is answered (RFC 8760 §2.4: the challenger's order is
 * its preference); a challenge that cannot be read is skipped; qop is `auth` if offered, `auth-int` if that is the only
 * one, none for RFC 2069 servers. Left out on purpose: reuse of nonces (each challenge is answered once, so the nonce
 * count is 1), and userhash.
 */
import { attempt, Refusal } from "../refusal.ts";
import { values } from "./fields.ts";
import type { Field, Request, Response } from "./message.ts";
import { type Param, param, splitOutside, unquote } from "./values.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A hex digest of a UTF-8 text. */
export type Hash = (algorithm: "md5" | "sha256", text: string) => string;

export interface Challenge {
  /** The header field for the credentials. */
  readonly field: "Authorization" | "Proxy-Authorization";
  readonly params: readonly Param[];
}

/** Whether a header field contains credentials. */
export const isCredentials = ([name]: Field): boolean => name === "Authorization" || name === "Proxy-Authorization";

const ANSWERED_BY = { "WWW-Authenticate": "Authorization", "Proxy-Authenticate": "Proxy-Authorization" } as const;
const algorithms = new Map<string, "md5" | "sha256">([
  ["md5", "md5"],
  ["md5-sess", "md5"],
  ["sha-256", "sha256"],
  ["sha-256-sess", "sha256"],
]);

/** The challenges of a 401 or 407 that we can answer, in order. */
export function challengesOf(response: Response): Challenge[] {
  return (["WWW-Authenticate", "Proxy-Authenticate"] as const).flatMap((name) =>
    values(response, name).flatMap((value) => {
      const params = readDigest(value);
      const known = algorithms.has(algorithmOf(params)) && param(params, "nonce") !== undefined;
      return known ? [{ field: ANSWERED_BY[name], params }] : [];
    }),
  );
}

/** The realm of a challenge or of credentials. */
export const realmOf = (value: string): string => param(readDigest(value), "realm") ?? "";

/** The parameters of a Digest value; none for another scheme, or if it cannot be read. */
function readDigest(value: string): Param[] {
  const [, list] = /^Digest\s+(.*)$/is.exec(value) ?? [];
  const params = attempt(() => (list === undefined ? [] : splitOutside(list, ",").map(readPair)));
  return params instanceof Refusal ? [] : params;
}

const algorithmOf = (params: readonly Param[]): string => (param(params, "algorithm") ?? "MD5").toLowerCase();

function readPair(text: string): Param {
  const equals = text.indexOf("=");
  return [text.slice(0, equals).trim().toLowerCase(), unquote(text.slice(equals + 1).trim())];
}

/** The credentials that answer a challenge for this request (RFC 7616 §3.4). */
export function answerChallenge(
  challenge: Challenge,
  request: Request,
  credentials: Credentials,
  by: { readonly hash: Hash; readonly cnonce: string },
): string {
  const { params } = challenge;
  const { username, password } = credentials;
  const algorithm = algorithmOf(params);
  const digest = (text: string): string => by.hash(algorithms.get(algorithm) ?? "md5", text);
  const realm = param(params, "realm") ?? "";
  const nonce = param(params, "nonce") ?? "";
  const qop = qopOf(params);
  const session = algorithm.endsWith("-sess");

  const user = digest(`${username}:${realm}:${password}`);
  const a1 = session ? digest(`${user}:${nonce}:${by.cnonce}`) : user;
  const a2 = digest([request.method, request.uri, ...(qop === "auth-int" ? [digest(request.body)] : [])].join(":"));
  const middle = qop === undefined ? [nonce] : [nonce, "00000001", by.cnonce, qop];
  const response = digest([a1, ...middle, a2].join(":"));

  const opaque = param(params, "opaque");
  return [
    `Digest username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(request.uri)}`,
    `response="${response}"`,
    `algorithm=${param(params, "algorithm") ?? "MD5"}`,
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, "nc=00000001"]),
    ...(qop !== undefined || session ? [`cnonce="${by.cnonce}"`] : []),
  ].join(", ");
}

function qopOf(params: readonly Param[]): "auth" | "auth-int" | undefined {
  const offered = (param(params, "qop") ?? "").split(",").map((each) => each.trim().toLowerCase());
  return offered.includes("auth") ? "auth" : offered.includes("auth-int") ? "auth-int" : undefined;
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
