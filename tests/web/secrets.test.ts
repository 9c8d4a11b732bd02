/**
 * No secret leaves by any way: rows, journal, feed, every export, trace, log, metrics. Each way is seen to tell the call, and the
 * secrets are seen to be in what is kept.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { watchAll } from "../../actors/watch-all.ts";
import { Trace } from "../../journal/trace.ts";
import { FeedReader } from "../support/feed.ts";
import { Stage } from "../support/play.ts";
import { TestWindow } from "../support/window.ts";
import { PASSWORDS_EVERYWHERE, SECRET, tellSecrets } from "../support/window-secrets.ts";

const TOKEN = `${SECRET}token`;
const EXPORTS = ["play", "json", "svg", "svg?step=1", "svg?of=ladder", "txt", "pcap"];
let window: TestWindow;
let id: string;

beforeAll(async () => {
  window = await TestWindow.open({ token: TOKEN, isLocal: false });
  id = tellSecrets(window.journal).id;
});
afterAll(() => window.close());

/** What is answered to who has shown the token, byte by byte. */
async function answered(path: string): Promise<string> {
  const answer = await fetch(`${window.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect([path, answer.status]).toEqual([path, 200]);
  return [...answer.headers].join("\n") + Buffer.from(await answer.arrayBuffer()).toString("latin1");
}

/** Texts that a way must have, so that one knows that it tells this call. */
const TELLS: Readonly<Record<string, readonly string[]>> = {
  "/api/calls": ["user77@example.org"],
  "/api/calls/call77": ["user77@example.org"],
  "/api/calls/call77/journal": ["INVITE sip:bob", 'pwd=\\"‹hidden ', "uSDP", "uXMPP", "SIP/2.0 407"],
  play: ["INVITE sip:", "a=ice-pwd:", "a=crypto:1 ", "<transport "],
  json: ["INVITE sip:bob", "uSDP", "uXMPP", "SIP/2.0 407"],
  svg: ["user77@example.org"],
  "svg?step=1": ["user77@example.org"],
  "svg?of=ladder": ["407 Proxy Authenticatio…"],
  txt: ["407 Proxy Authentication"],
  pcap: ["INVITE sip:bob", "uSDP", "uXMPP", "SIP/2.0 407", "Bob"],
};

test("what is kept has all of them", () => {
  const kept = (window.journal.entries(id) ?? []).flatMap((entry) =>
    entry.kind === "wire" ? [new TextDecoder().decode(entry.bytes)] : [],
  );
  expect(new Set(kept.join("\n").match(/S3CRET[\w']+/g)).size).toBeGreaterThan(20);
});

describe("without them there comes", () => {
  test.each(["/api/calls", "/api/calls/call77", "/api/calls/call77/journal", ...EXPORTS])("%s", async (way) => {
    const text = await answered(way.startsWith("/") ? way : `/api/calls/${id}/export.${way}`);
    const tells = TELLS[way] ?? [];
    expect(tells.length).toBeGreaterThan(0);
    for (const each of tells) expect(Buffer.from(text, "latin1").toString()).toContain(each);
    expect(text.match(/S3CRET\S*/g)).toBeNull();
  });

  test.each(["/", "/page.js", "/api/overview", "/api/machines/call", "/openapi.json", "/metrics", "/health"])(
    "%s",
    async (path) => {
      expect((await answered(path)).match(/S3CRET\S*/g)).toBeNull();
    },
  );

  test("the feed", async () => {
    const reader = await FeedReader.open(`${window.url}/api/feed?call=${id}`, undefined, TOKEN);
    const { data } = await reader.next("journal");
    reader.leave();
    const text = JSON.stringify(data);
    expect(text).toContain("uSDP");
    expect(text.match(/S3CRET\S*/g)).toBeNull();
    expect(text.match(/‹hidden \w+›/g)?.length).toBeGreaterThan(15);
  });

  test("the cookie that stands for the token", async () => {
    const answer = await fetch(`${window.url}/session`, { method: "POST", body: JSON.stringify({ token: TOKEN }) });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("set-cookie")).toContain("carillon=");
    expect(answer.headers.get("set-cookie")).not.toContain(SECRET);
  });
});

describe("of a gateway's calls", () => {
  const password = `${SECRET}password`;
  const said: string[] = [];
  const stanzas: string[] = [];
  const sip: string[] = [];
  let stage: Stage;
  beforeAll(async () => {
    const trace = new Trace((traced) => said.push(JSON.stringify(traced)));
    const raw = {
      xmpp: (_: boolean, stanza: unknown) => stanzas.push(String(stanza)),
      sip: (_: boolean, bytes: Uint8Array) => sip.push(new TextDecoder().decode(bytes)),
    };
    trace.set("juliet@example.org");
    stage = new Stage({ calls: { username: "carillon", password }, watch: watchAll([trace, raw]) });
    await stage.open(["juliet"]);
    await stage.play(PASSWORDS_EVERYWHERE);
    await stage.close();
  });
  const secrets = /S3CRET\w*|p[AB]34567890123456789012/g;

  test("the wire has them", () => {
    const kinds = new Set(sip.join("\n").match(/S3CRET\w*|(?:cnonce|response)="/g));
    expect([...kinds].toSorted()).toEqual(["S3CRETnonce", "S3CRETto", "S3CRETuri", 'cnonce="', 'response="']);
  });

  test("the trace says each message without them", () => {
    const text = said.join("\n");
    for (const each of ["Proxy-Authorization", "Proxy-Authenticate", "sip:carol:‹hidden ", "a=ice-pwd:‹hidden "])
      expect(text).toContain(each);
    expect(text.match(secrets)).toBeNull();
    const made = sip.join("\n").match(/(?<=(?:cnonce|response)=")[^"]+/g) ?? [];
    expect(made.length).toBeGreaterThan(1);
    for (const each of made) expect(text).not.toContain(each);
  });

  test("the log says who calls whom without secrets", () => {
    const text = stage.logged.map((event) => JSON.stringify(event)).join("\n");
    expect(stage.logged.map(({ event }) => event)).toContain("call.refused");
    expect(text).toContain("sip:nobody:…@elsewhere.example");
    expect(text.match(secrets)).toBeNull();
    expect(text).not.toContain(password);
  });

  test("the handshake of the component is in neither", () => {
    const handshake = createHash("sha1").update("1secret").digest("hex");
    const text = [...stage.logged.map((event) => JSON.stringify(event)), ...said, ...stanzas].join("\n");
    expect(stanzas.length).toBeGreaterThan(8);
    expect(text).not.toContain(handshake);
    expect(text).not.toContain("handshake");
  });
});
