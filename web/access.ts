/**
 * Who may look, and who may touch: the token of `[web]`, the session that stands for it, and the checks of Host and Origin.
 *
 * Rules: on loopback one may look without a token, if Host (and Origin, where there is one) is loopback as well: a page of
 * another site whose name was made to point here is refused (DNS rebinding), and so is what a page of another site embeds, an image or a
 * frame, which has no Origin but says so by itself (Fetch Metadata): it would hold feeds that are few. Elsewhere nothing is shown without the token. Touching (hanging
 * up, draining) needs the token always. A browser shows it once and gets a cookie that scripts cannot read and other sites cannot send.
 * `/health` is for everybody: it says nothing about who calls whom. Bound: `MOST_SESSIONS`, the oldest gives way.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { describeRoute } from "hono-openapi";
import { json, problem } from "./api/documented.ts";

const MOST_SESSIONS = 100;
/** Seconds that a session lasts. */
const SESSION = 43_200;
const COOKIE = "carillon";
const LONGEST_TOKEN = 1_024;
/** Bytes of what `POST /session` takes. */
const LONGEST_BODY = 8_192;

const BEGIN = {
  summary: "Shows the token, as JSON `{ token }`, for a cookie that stands for it",
  requestBody: {
    content: {
      "application/json": {
        schema: { type: "object" as const, properties: { token: { type: "string" as const } }, required: ["token"] },
      },
    },
  },
  responses: {
    204: { description: "the cookie is set" },
    401: json(problem, "this is not the token"),
    403: json(problem, "another site asks"),
    413: json(problem, "more was sent than a token"),
  },
};
const END = { summary: "Ends the session of the cookie", responses: { 204: { description: "it is over" } } };

export interface AccessNeeds {
  /** `[web] token`; empty: there is none. */
  readonly token: string;
  /** Whether the web side listens on loopback alone. */
  readonly isLocal: boolean;
  readonly random: () => string;
  /** Milliseconds. */
  readonly now: () => number;
}

const FOREIGN_HOST = "the Host of the request is not this machine: ask for 127.0.0.1 or localhost, or set [web] token";
const UNSAFE = "set [web] token: this address may be reached from elsewhere";

const bounded = bodyLimit({
  maxSize: LONGEST_BODY,
  onError: (context) => context.json({ error: "more was sent than a token" }, 413),
});

export class Access {
  readonly #needs: AccessNeeds;
  /** Until when, by name; the oldest first. */
  readonly #sessions = new Map<string, number>();

  constructor(needs: AccessNeeds) {
    this.#needs = needs;
  }

  /** Lets those look that may, and says to others what is missing. */
  readonly look: MiddlewareHandler = async (context, next) => {
    const { token, isLocal } = this.#needs;
    if (
      !isOwnOrigin(context.req.header("origin"), context.req.header("host")) ||
      isEmbedded((name) => context.req.header(name))
    )
      return context.json({ error: "requests of other sites are refused" }, 403);
    if (this.#isKnown(context.req.header("authorization"), getCookie(context, COOKIE))) return next();
    if (isLocal && token === "" && isLoopback(context.req.header("host"))) return next();
    if (token === "") return context.json({ error: isLocal ? FOREIGN_HOST : UNSAFE }, 403);
    if (isLocal && isLoopback(context.req.header("host"))) return next();
    return context.json({ error: "the token is needed" }, 401, { "www-authenticate": "Bearer" });
  };

  /** Lets those touch that have shown the token. */
  readonly touch: MiddlewareHandler = async (context, next) => {
    if (this.#needs.token === "") return context.json({ error: "set [web] token: without it nobody may do this" }, 403);
    if (this.#isKnown(context.req.header("authorization"), getCookie(context, COOKIE))) return next();
    return context.json({ error: "the token is needed" }, 401, { "www-authenticate": "Bearer" });
  };

  /** `POST /session` with the token as JSON gives the cookie; `DELETE /session` ends it. */
  get routes(): Hono {
    const app = new Hono();
    app.post("/session", describeRoute(BEGIN), bounded, async (context) => {
      if (!isOwnOrigin(context.req.header("origin"), context.req.header("host")))
        return context.json({ error: "requests of other sites are refused" }, 403);
      const body: unknown = await context.req.json().catch(() => undefined);
      const shown = typeof body === "object" && body !== null && "token" in body ? String(body.token) : "";
      if (!this.#isToken(shown)) return context.json({ error: "this is not the token" }, 401);
      const name = this.#begin();
      const secure = context.req.header("origin")?.startsWith("https:") === true; // TLS ends before us
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

  /** Takes as long whatever is shown. */
  #isToken(shown: string): boolean {
    const { token } = this.#needs;
    const digest = (text: string): Buffer => createHash("sha256").update(text.slice(0, LONGEST_TOKEN)).digest();
    return token !== "" && timingSafeEqual(digest(shown), digest(token));
  }
}

/** A header as it was meant where it is not ASCII: its bytes arrive as a character each. */
const asUtf8 = (text: string): string => Buffer.from(text, "latin1").toString("utf8");

/** Whether a request comes from our own page, or from no page at all. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Whether a page of another site, or of another port, has it fetched as a part of itself; a link that is followed is none. */
function isEmbedded(header: (name: string) => string | undefined): boolean {
  const site = header("sec-fetch-site") ?? "none";
  return site !== "none" && site !== "same-origin" && header("sec-fetch-dest") !== "document";
}

/** Whether a Host header names this machine alone. */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
