/** `/openapi.json` has every route, and every answer that it names is given, and is of its shape. */
import { describe, expect, test } from "bun:test";
import type { Hono } from "hono";
import { z } from "zod";
import type { CallWatch } from "../../actors/watch.ts";
import { Journal } from "../../journal/journal.ts";
import type { Health } from "../../machines/gateway.ts";
import { gatewayConfig } from "../../replay/gateway.ts";
import { settingOf } from "../../replay/setting.ts";
import { Access } from "../../web/access.ts";
import { windowApp } from "../../web/app.ts";

const TOKEN = "s3cret";
const WITH_TOKEN = { authorization: `Bearer ${TOKEN}` };
const HOST = { host: "127.0.0.1:8080" };
const ELSEWHERE = { ...HOST, origin: "http://evil.example" };
const UP: Health = { sip: true, xmpp: true, proxy: "up", relay: "none", state: "running", calls: 1 };

/** A window with one call, and one that is over, which remembers what it was asked to do. */
function window({ token = TOKEN, health = UP, isLocal = false } = {}) {
  const journal = new Journal({ now: () => 1_700_000_000_000, budget: 2 ** 20 });
  const did: string[] = [];
  const begin = (id: string): CallWatch | undefined =>
    journal.begun({
      ...{ id, callId: `call-${id}`, sid: `sid-${id}`, direction: "outgoing" as const },
      ...{ us: "bob@sip.example.org", them: "juliet@example.org" },
      ...{ from: "juliet@example.org/balcony", to: "bob@sip.example.org" },
    });
  const call = begin("t1");
  call?.step("xstate.init", { outgoing: "inviting" }, [{ actions: [{ type: "send INVITE" }] }]);
  call?.effect("sip.send.invite");
  const invite =
    "INVITE sip:bob@b SIP/2.0\r\nFrom: <sip:j@e>;tag=t1\r\nTo: <sip:bob@b>\r\nCall-ID: call-t1\r\nCSeq: 1 INVITE\r\n\r\n";
  journal.sip(true, new TextEncoder().encode(invite), "udp", "192.0.2.2", 5060);
  call?.step("sip.invite.provisional", { outgoing: "ringing" }, [{ guard: "is ringing", actions: [] }]);
  call?.refused("sip.info", "it does not fit");
  begin("t2")?.step("xstate.init", { outgoing: "inviting" }, []);
  journal.refusedCall({ wire: "sip", status: 403 });
  const app = windowApp({
    ...{ journal, boot: "b", version: "1.2.3", health: () => health },
    access: new Access({ token, isLocal, random: () => "r", now: () => 0 }),
    metrics: { type: "text/plain; version=0.0.4", text: async () => "carillon_proxy_up 1\n" },
    hangUp: (id) => id === "t1" && did.push(`hang up ${id}`) > 0,
    setting: () => settingOf(gatewayConfig()),
    drain: () => void did.push("drain"),
  });
  return { app, did };
}

type Ask = readonly [path: string, init?: RequestInit & { headers?: Record<string, string> }];
const withToken = (path: string, init: RequestInit = {}): Ask => [
  path,
  { ...init, headers: { ...HOST, ...WITH_TOKEN } },
];
const without = (path: string, init: RequestInit = {}): Ask => [path, { ...init, headers: HOST }];
const fromElsewhere = (path: string, init: RequestInit = {}): Ask => [path, { ...init, headers: ELSEWHERE }];
const json = (body: object) => ({ method: "POST", body: JSON.stringify(body) });
const LONG = "x".repeat(300);

const EXPORTS = ["play", "pcap", "json", "svg", "txt"].map((format) => `/api/calls/{id}/export.${format}`);

/** How each answer that is named comes about: method, path as documented, status, and what is asked. */
const ANSWERS: readonly (readonly [method: string, path: string, status: number, ask: Ask, at?: Hono])[] = [
  ["get", "/health", 200, without("/health")],
  ["get", "/health", 503, without("/health"), window({ health: { ...UP, xmpp: false } }).app],
  ["get", "/metrics", 200, withToken("/metrics")],
  ["post", "/session", 204, without("/session", json({ token: TOKEN }))],
  ["post", "/session", 401, without("/session", json({ token: "x" }))],
  ["post", "/session", 413, without("/session", json({ token: "x".repeat(10_000) }))],
  ["post", "/session", 403, fromElsewhere("/session", json({ token: TOKEN }))],
  ["delete", "/session", 204, without("/session", { method: "DELETE" })],
  ["get", "/api/calls", 200, withToken("/api/calls")],
  ["get", "/api/calls", 400, withToken("/api/calls?most=0")],
  ["get", "/api/calls/{id}", 200, withToken("/api/calls/t1")],
  ["get", "/api/calls/{id}", 400, withToken(`/api/calls/${LONG}`)],
  ["get", "/api/calls/{id}", 404, withToken("/api/calls/none")],
  ["get", "/api/calls/{id}/journal", 200, withToken("/api/calls/t1/journal")],
  ["get", "/api/calls/{id}/journal", 400, withToken(`/api/calls/${LONG}/journal`)],
  ["get", "/api/calls/{id}/journal", 404, withToken("/api/calls/none/journal")],
  ["delete", "/api/calls/{id}", 204, withToken("/api/calls/t1", { method: "DELETE" })],
  ["delete", "/api/calls/{id}", 400, withToken(`/api/calls/${LONG}`, { method: "DELETE" })],
  ["delete", "/api/calls/{id}", 404, withToken("/api/calls/t2", { method: "DELETE" })],
  ["delete", "/api/calls/{id}", 401, without("/api/calls/t1", { method: "DELETE" })],
  ["delete", "/api/calls/{id}", 403, fromElsewhere("/api/calls/t1", { method: "DELETE" })],
  ["get", "/api/machines", 200, withToken("/api/machines")],
  ["get", "/api/machines/{id}", 200, withToken("/api/machines/call")],
  ["get", "/api/machines/{id}", 200, withToken("/api/machines/gateway?format=xstate")],
  ["get", "/api/machines/{id}", 400, withToken("/api/machines/call?format=yaml")],
  ["get", "/api/machines/{id}", 404, withToken("/api/machines/none")],
  ["get", "/api/feed", 200, withToken("/api/feed?call=t1")],
  ["get", "/api/feed", 400, withToken(`/api/feed?call=${LONG}`)],
  ["get", "/api/overview", 200, withToken("/api/overview")],
  ["post", "/api/drain", 202, withToken("/api/drain", { method: "POST" })],
  ["post", "/api/drain", 401, without("/api/drain", { method: "POST" })],
  ["post", "/api/drain", 403, fromElsewhere("/api/drain", { method: "POST" })],
  ...["/metrics", "/api/calls", "/api/machines", "/api/feed", "/api/overview"].flatMap((path) => [
    ["get", path, 401, without(path)] as const,
    ["get", path, 403, fromElsewhere(path)] as const,
  ]),
  ...EXPORTS.flatMap((path) => [
    ["get", path, 200, withToken(path.split("{id}").join("t1"))] as const,
    ["get", path, 400, withToken(path.split("{id}").join(LONG))] as const,
    ["get", path, 404, withToken(path.split("{id}").join("none"))] as const,
  ]),
  ...["/api/calls/{id}", "/api/calls/{id}/journal", "/api/machines/{id}", ...EXPORTS].flatMap((path) => [
    ["get", path, 401, without(path.split("{id}").join("t1"))] as const,
    ["get", path, 403, fromElsewhere(path.split("{id}").join("t1"))] as const,
  ]),
];

interface Documented {
  readonly paths: Record<string, Record<string, { responses: Record<string, Answer> }>>;
}
interface Answer {
  readonly content?: Record<string, { readonly schema: Parameters<typeof z.fromJSONSchema>[0] }>;
}

async function documented(): Promise<Documented> {
  const [path, init] = withToken("/openapi.json");
  return (await (await window().app.request(path, init)).json()) as Documented;
}

test("every route is described, except the page itself", async () => {
  const { paths } = await documented();
  const routes = window().app.routes.filter(
    ({ method, path }) => method !== "ALL" && !/^\/(?:$|page\.|inter\.|icon\.)/.test(path),
  );
  const wanted = routes.map(({ method, path }) => `${method.toLowerCase()} ${path.split("/:id").join("/{id}")}`);
  const there = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(there.toSorted()).toEqual([...new Set(wanted)].filter((route) => route !== "get /openapi.json").toSorted());
});

test("every answer described is produced below, except the feed's 503, which needs fifty readers", async () => {
  const { paths } = await documented();
  const named = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method} ${path} ${status}`),
    ),
  );
  const given = new Set(ANSWERS.map(([method, path, status]) => `${method} ${path} ${status}`));
  expect(named.filter((answer) => !given.has(answer))).toEqual(["get /api/feed 503"]);
});

describe("an answer is as it is documented", () => {
  test.each(ANSWERS)("%s %s: %i", async (method, path, status, [asked, init], app = window().app) => {
    const answer = await app.request(asked, { ...init, method: method.toUpperCase() });
    expect(answer.status).toBe(status);
    const { content } = (await documented()).paths[path]?.[method]?.responses[status] ?? {};
    const [[type, shape] = []] = Object.entries(content ?? {});
    if (type === undefined || shape === undefined) return expect(await answer.text()).toBe("");
    expect(answer.headers.get("content-type")).toStartWith(type);
    if (type === "application/json") expect(() => z.fromJSONSchema(shape.schema)).not.toThrow();
    if (type === "application/json") z.fromJSONSchema(shape.schema).parse(await answer.json());
    else await answer.body?.cancel();
  });
});

test("a shape that does not fit is found", async () => {
  const { paths } = await documented();
  const shape = paths["/api/overview"]?.get?.responses[200]?.content?.["application/json"]?.schema;
  expect(z.fromJSONSchema(shape ?? {}).safeParse({ calls: "many" }).success).toBe(false);
});

test("draining and hanging up are done with the token alone", async () => {
  const { app, did } = window();
  for (const [path, init] of [without("/api/drain"), fromElsewhere("/api/drain"), withToken("/api/drain")])
    await app.request(path, { ...init, method: "POST" });
  for (const [path, init] of [without("/api/calls/t1"), withToken("/api/calls/t1")])
    await app.request(path, { ...init, method: "DELETE" });
  expect(did).toEqual(["drain", "hang up t1"]);
});
