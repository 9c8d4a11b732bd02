/** Who may look and who may touch, over HTTP as it is served. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { TestWindow } from "../support/window.ts";
import { LIVED } from "../support/window-plays.ts";

const TOKEN = "Schlüssel-δ";
let window: TestWindow;
type Headers = Readonly<Record<string, string>>;
const get = (path: string, headers: Headers = {}, method = "GET"): Promise<Response> =>
  fetch(`${window.url}${path}`, { method, headers });
const show = (token: string, headers: Headers = {}): Promise<Response> =>
  fetch(`${window.url}/session`, { method: "POST", headers, body: JSON.stringify({ token }) });

/** What is answered to these very bytes. */
function said(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(window.port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (piece) => {
      answer += piece;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", () => {});
  });
}
const statusOf = async (text: string): Promise<string> => (await said(text)).split(" ", 2).at(-1) ?? "";

afterEach(() => window.close());

describe("on loopback, without a token", () => {
  beforeEach(async () => {
    window = await TestWindow.open();
  });

  test.each([
    ["127.0.0.1:8080", "200"],
    ["localhost", "200"],
    ["[::1]:8080", "200"],
    ["evil.example", "403"],
    ["127.0.0.1.evil.example", "403"],
    ["localhost.evil.example:8080", "403"],
    ["192.0.2.1", "403"],
    ["0.0.0.0:8080", "403"],
  ])("a request for %s is answered %s (DNS rebinding)", async (host, status) => {
    expect(await statusOf(`GET /api/calls HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toBe(status);
  });

  test("a request without Host is refused", async () => {
    expect(await statusOf("GET /api/calls HTTP/1.0\r\n\r\n")).toBe("403");
    expect(await statusOf("GET /api/calls HTTP/1.1\r\n\r\n")).toBe("400");
  });

  test.each([
    ["http://evil.example", 403],
    ["null", 403],
    ["http://127.0.0.1:1", 403],
  ])("a page of %s is answered %d", async (origin, status) => {
    expect((await get("/api/calls", { origin })).status).toBe(status);
  });

  // proves: G21
  test.each([
    ["cross-site", "image", 403],
    ["cross-site", "iframe", 403],
    ["same-site", "empty", 403],
    ["cross-site", "document", 200],
    ["same-origin", "empty", 200],
    ["none", "document", 200],
  ])("what a browser fetches %s as %s is answered %d", async (site, dest, status) => {
    expect((await get("/api/calls", { "sec-fetch-site": site, "sec-fetch-dest": dest })).status).toBe(status);
  });

  test("our own page may look, and nobody may touch", async () => {
    expect((await get("/api/calls", { origin: window.url })).status).toBe(200);
    const answers = [await get("/api/calls/x", {}, "DELETE"), await get("/api/drain", {}, "POST"), await show("")];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 401]);
    expect(window.asked).toEqual([]);
  });

  test("what is asked in a way that there is not is answered as JSON", async () => {
    for (const [method, path] of [
      ["PUT", "/api/calls"],
      ["DELETE", "/"],
      ["GET", "/nothing"],
      ["GET", "/api/calls/x/y"],
    ] as const) {
      const answer = await get(path, {}, method);
      expect([answer.status, await answer.json()]).toEqual([404, { error: "not found" }]);
    }
    const head = await get("/api/calls", {}, "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("no more than two hundred connections are kept", async () => {
    const sockets = Array.from({ length: 230 }, () => connect(window.port, "127.0.0.1").on("error", () => {}));
    const answered = sockets.map(
      (socket) =>
        new Promise<boolean>((resolve) => {
          socket.once("data", () => resolve(true)).once("close", () => resolve(false));
          socket.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        }),
    );
    expect((await Promise.all(answered)).filter(Boolean)).toHaveLength(200);
    for (const socket of sockets) socket.destroy();
  });
});

describe("from elsewhere, with a token that is not ASCII", () => {
  beforeEach(async () => {
    window = await TestWindow.open({ token: TOKEN, isLocal: false });
  });

  test("nothing is shown without it, but health", async () => {
    for (const path of [
      "/api/calls",
      "/api/calls/x",
      "/api/feed",
      "/api/machines/call",
      "/api/overview",
      "/openapi.json",
      "/metrics",
    ])
      expect([path, (await get(path)).status]).toEqual([path, 401]);
    expect((await get("/health")).status).toBe(200);
  });

  test("it is shown in a header as UTF-8, and in whole", async () => {
    const bearer = async (token: string): Promise<string> => {
      const bytes = Buffer.from(
        `GET /api/calls HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      return statusOf(bytes.toString());
    };
    expect([await bearer(TOKEN), await bearer(`${TOKEN}x`), await bearer(TOKEN.slice(1)), await bearer("")]).toEqual([
      "200",
      "401",
      "401",
      "401",
    ]);
  });

  test("it is shown once for a cookie that scripts and other sites do not get, and that ends", async () => {
    expect((await show("guess")).status).toBe(401);
    expect((await show(TOKEN, { origin: "http://evil.example" })).status).toBe(403);
    const answer = await show(TOKEN);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^carillon=session0; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const mine = { cookie: "carillon=session0" };
    expect((await get("/api/calls", mine)).status).toBe(200);
    expect((await get("/api/calls", { cookie: "carillon=session1" })).status).toBe(401);
    expect((await get("/api/calls/x", mine, "DELETE")).status).toBe(404);
    expect((await get("/api/calls/x", { ...mine, origin: "http://evil.example" }, "DELETE")).status).toBe(403);
    await window.later(43_201_000);
    expect((await get("/api/calls", mine)).status).toBe(401);
  });

  test("a session that is ended is over, and a hundred and one are one too many", async () => {
    await show(TOKEN);
    await get("/session", { cookie: "carillon=session0" }, "DELETE");
    expect((await get("/api/calls", { cookie: "carillon=session0" })).status).toBe(401);
    for (let time = 0; time < 101; time++) await show(TOKEN);
    const [first, second] = [
      await get("/api/calls", { cookie: "carillon=session1" }),
      await get("/api/calls", { cookie: "carillon=session2" }),
    ];
    expect([first.status, second.status]).toEqual([401, 200]);
  });

  test("behind a TLS proxy the cookie is sent only over TLS", async () => {
    const { host } = new URL(window.url);
    expect((await show(TOKEN, { origin: `https://${host}` })).headers.get("set-cookie")).toContain("; Secure");
  });

  test("more than a token is not read", async () => {
    expect((await show("x".repeat(100_000))).status).toBe(413);
  });
});

test("every answer may do nothing but what we ship", async () => {
  window = await TestWindow.open();
  await window.play(LIVED);
  const ofCall = ["", "/journal", "/export.svg", "/export.txt"].map((file) => `/api/calls/${window.latest}${file}`);
  for (const path of ["/", "/page.js", "/api/calls", "/api/machines/call", "/openapi.json", "/metrics", ...ofCall]) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
  }
});
