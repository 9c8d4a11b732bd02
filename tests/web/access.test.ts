/** Who may look and who may touch, over HTTP as it is served; and that no answer has a secret in it. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { FeedReader } from "../support/feed.ts";
import { TestWindow } from "../support/window.ts";
import { aboutOf, begin, tellSip, tellXmpp } from "../support/window-calls.ts";
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
      expect([answer.status, await answer.json()]).toEqual([404, { error: "there is nothing here" }]);
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

  test("where TLS ends before us the cookie goes by TLS alone", async () => {
    const { host } = new URL(window.url);
    expect((await show(TOKEN, { origin: `https://${host}` })).headers.get("set-cookie")).toContain("; Secure");
  });

  test("more than a token is not read", async () => {
    expect((await show("x".repeat(100_000))).status).toBe(413);
  });
});

test("no answer has a secret in it, and every page may do nothing but what we ship", async () => {
  window = await TestWindow.open();
  await window.play(LIVED);
  const about = aboutOf(1);
  tellXmpp(
    window.journal,
    false,
    `<iq type='set' id='1' from='${about.from}' to='${about.us}'><jingle sid='${about.sid}' action='session-initiate'><content><description><encryption><crypto tag='1' key-params='inline:S3CRETsdes|2^20'/></encryption></description><transport ufrag='u' pwd='S3CRETpwd'/></content></jingle></iq>`,
  );
  const call = begin(window.journal, about);
  const fields =
    'Proxy-Authorization: Digest username="gw", nonce="S3CRETnonce", cnonce="S3CRETc",\n response="S3CRETresponse"\nP-Asserted-Identity: <sip:a:S3CRETuser@b>';
  tellSip(
    window.journal,
    about,
    true,
    "INVITE sip:a@b SIP/2.0",
    `${fields}\n\nv=0\na=ice-pwd:S3CRETpwd\na=crypto:1 AES inline:S3CRETsdes\nk=base64:S3CRETk`,
  );
  tellSip(
    window.journal,
    about,
    false,
    "SIP/2.0 407 Proxy Authentication Required",
    'Proxy-Authenticate: Digest realm="r", nonce="S3CRETnonce"\n',
  );
  call.refused("sip.info", "it does not fit");
  const ids = window.journal.calls({}, 10).calls.map(({ id }) => id);
  const ofCall = (id: string): string[] => [
    ...[`/api/calls/${id}`, `/api/calls/${id}/journal`],
    ...["play", "json", "svg", "txt"].map((kind) => `/api/calls/${id}/export.${kind}`),
  ];
  const paths = [
    "/",
    "/page.js",
    "/api/calls",
    "/api/overview",
    "/api/machines/call",
    "/openapi.json",
    "/metrics",
    ...ids.flatMap(ofCall),
  ];
  for (const path of paths) {
    const answer = await get(path);
    const text = await answer.text();
    expect([path, /S3CRET|p[AB]34567890123456789012/.exec(text)?.[0]]).toEqual([path, undefined]);
    expect(answer.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
  }
  const feed = await FeedReader.open(`${window.url}/api/feed?call=${about.id}`);
  const { data } = await feed.next("journal");
  feed.leave();
  expect(JSON.stringify(data)).not.toContain("S3CRET");
  expect(JSON.stringify(data).match(/‹hidden \w+›/g)?.length).toBeGreaterThan(6);
});
