/**
 * Authorization: the token of `[web]`, the session cookie, and the checks of Host and Origin.
 *
 * Rules: on loopback, reading needs no token if Host (and Origin, if present) is loopback as well: a page of another site whose name was
 * made to resolve to loopback is refused (DNS rebinding), and so are requests embedded in pages of other sites (images, frames), which
 * have no Origin but Fetch Metadata: they would occupy the few feeds. On other addresses everything needs the token. Changes (hanging
 * up, draining) always need the token. A browser sends it once and gets a cookie that scripts cannot read and other sites cannot send.
 * `/health` is public: it reveals no calls. Bound: `MOST_SESSIONS`, the oldest is dropped.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { describeRoute } from "hono-openapi";
import { json, problem } from "./api/documented.ts";

const MOST_SESSIONS = 100;
/** Lifetime of a session in seconds. */
const SESSION = 43_200;
const COOKIE = "carillon";
const LONGEST_TOKEN = 1_024;
/** Most bytes of the body of `POST /session`. */
const LONGEST_BODY = 8_192;

const BEGIN = {
  summary: "Exchanges the token, as JSON `{ token }`, for a session cookie",
  requestBody: {
    content: {
      "application/json": {
        schema: { type: "object" as const, properties: { token: { type: "string" as const } }, required: ["token"] },
      },
    },
  },
  responses: {
    204: { description: "the cookie is set" },
    401: json(problem, "wrong token"),
    403: json(problem, "another site asks"),
    413: json(problem, "the body is larger than a token"),
  },
};
const END = { summary: "Ends the session of the cookie", responses: { 204: { description: "it is over" } } };

export interface AccessNeeds {
  /** `[web] token`; empty if not configured. */
  readonly token: string;
  /** Whether the web server listens only on loopback. */
  readonly isLocal: boolean;
  readonly random: () => string;
  /** Milliseconds. */
  readonly now: () => number;
}

const FOREIGN_HOST = "the Host header is not this machine: use 127.0.0.1 or localhost, or set [web] token";
const UNSAFE = "set [web] token: this address may be reachable from elsewhere";

const bounded = bodyLimit({
  maxSize: LONGEST_BODY,
  onError: (context) => context.json({ error: "the body is larger than a token" }, 413),
});

export class Access {
  readonly #needs: AccessNeeds;
  /** Expiry by session name, oldest first. */
  readonly #sessions = new Map<string, number>();

  constructor(needs: AccessNeeds) {
    this.#needs = needs;
  }

  /** Middleware for reading: passes authorized requests, and tells others what is missing. */
  readonly look: MiddlewareHandler = async (context, next) => {
    const { token, isLocal } = this.#needs;
    if (
      !isOwnOrigin(context.req.header("origin"), context.req.header("host")) ||
      isEmbedded((name) => context.req.header(name))
    )
      return context.json({ error: "requests from other sites are refused" }, 403);
    if (this.#isKnown(context.req.header("authorization"), getCookie(context, COOKIE))) return next();
    if (isLocal && token === "" && isLoopback(context.req.header("host"))) return next();
    if (token === "") return context.json({ error: isLocal ? FOREIGN_HOST : UNSAFE }, 403);
    if (isLocal && isLoopback(context.req.header("host"))) return next();
    return context.json({ error: "the token is needed" }, 401, { "www-authenticate": "Bearer" });
  };

  /** Middleware for changing something: requires the token. */
  readonly touch: MiddlewareHandler = async (context, next) => {
    if (this.#needs.token === "") return context.json({ error: "set [web] token: this is forbidden without it" }, 403);
    if (this.#isKnown(context.req.header("authorization"), getCookie(context, COOKIE))) return next();
    return context.json({ error: "the token is needed" }, 401, { "www-authenticate": "Bearer" });
  };

  /** `POST /session` with the token as JSON sets the cookie; `DELETE /session` ends the session. */
  get routes(): Hono {
    const app = new Hono();
    app.post("/session", describeRoute(BEGIN), bounded, async (context) => {
      if (!isOwnOrigin(context.req.header("origin"), context.req.header("host")))
        return context.json({ error: "requests from other sites are refused" }, 403);
      const body: unknown = await context.req.json().catch(() => undefined);
      const shown = typeof body === "object" && body !== null && "token" in body ? String(body.token) : "";
      if (!this.#isToken(shown)) return context.json({ error: "wrong token" }, 401);
      const name = this.#begin();
      const secure = context.req.header("origin")?.startsWith("https:") === true; // TLS is terminated by a proxy
      setCookie(context, COOKIE, name, { httpOnly: true, sameSite: "Strict", path: "/", maxAge: SESSION, secure });
      return context.body(null, 204);
    });
    app.delete("/session", describeRoute(END), (context) => {
      this.#sessions.delete(getCookie(context, COOKIE) ?? "");
      return context.body(null, 204);
    });
    return app;
  }

  #begin(): string {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const name = this.#needs.random();
    this.#sessions.set(name, this.#needs.now() + SESSION * 1_000);
    return name;
  }

  #isKnown(authorization: string | undefined, cookie: string | undefined): boolean {
    const [, shown] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
    if (shown !== undefined) return this.#isToken(shown) || this.#isToken(asUtf8(shown));
    return cookie !== undefined && (this.#sessions.get(cookie) ?? 0) > this.#needs.now();
  }

  /** Compares in constant time. */
  #isToken(shown: string): boolean {
    const { token } = this.#needs;
    const digest = (text: string): Buffer => createHash("sha256").update(text.slice(0, LONGEST_TOKEN)).digest();
    return token !== "" && timingSafeEqual(digest(shown), digest(token));
  }
}

/** Decodes a header as UTF-8: its bytes arrive as one character each. */
const asUtf8 = (text: string): string => Buffer.from(text, "latin1").toString("utf8");

/** Whether a request comes from our own page, or from no page at all. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Whether a page of another site or port fetches it as a part of itself; following a link does not count. */
function isEmbedded(header: (name: string) => string | undefined): boolean {
  const site = header("sec-fetch-site") ?? "none";
  return site !== "none" && site !== "same-origin" && header("sec-fetch-dest") !== "document";
}

/** Whether a Host header refers to loopback. */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
