/** What an operator asks of a gateway that runs: its calls, the end of one, and the messages of a number. */
import { describe, expect, test } from "bun:test";
import { Api, CommandError } from "../../cli/api.ts";
import { calls, hangUp, trace } from "../../cli/commands.ts";
import { connectionOf } from "../../cli/connection.ts";
import { Journal } from "../../journal/journal.ts";
import { gatewayConfig } from "../../replay/gateway.ts";
import { settingOf } from "../../replay/setting.ts";
import { Access } from "../../web/access.ts";
import { windowApp } from "../../web/app.ts";
import { serveWeb } from "../../web/serve.ts";
import { until } from "../support/until.ts";

const TOKEN = "s3cret";
const BEGUN = 1_700_000_000_000;
const WEB = { host: "127.0.0.1", port: 8080 };

/** A window with a journal, and a way to ask it with a token. */
async function gateway({ journal = true }: { journal?: boolean } = {}) {
  const kept = new Journal({ now: () => BEGUN, budget: 2 ** 20 });
  const hungUp: string[] = [];
  const access = new Access({ token: TOKEN, isLocal: true, random: () => "r", now: () => BEGUN });
  const app = windowApp({
    ...{ journal: journal ? kept : undefined, access, boot: "b", version: "1", drain: () => {} },
    metrics: { type: "text/plain", text: async () => "" },
    health: () => ({ sip: true, xmpp: true, proxy: "up", relay: "none", state: "running", calls: 0 }),
    setting: () => settingOf(gatewayConfig()),
    hangUp: (id) => {
      hungUp.push(id);
      return id !== "gone1";
    },
  });
  const served = await serveWeb(app, { host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${served.port}`;
  const begin = (id: string, to = "+4930123@sip.example.org") =>
    kept.begun({
      ...{ id, callId: `call-${id}`, sid: `sid-${id}`, direction: "outgoing", to, us: to },
      ...{ from: "juliet@example.org/balcony", them: "juliet@example.org" },
    });
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  return { begin, kept, hungUp, url, served, printed, print, api: (token = TOKEN) => new Api({ url, token }) };
}

describe("calls", () => {
  test("are a table of those that live", async () => {
    const { api, begin, printed, print, served } = await gateway();
    begin("1f0c8a9b7d")?.step("xstate.init", { outgoing: "inviting" }, []);
    begin("over1")?.ended("success");
    await calls(api(), print, BEGUN + 65_000);
    expect(printed).toEqual([
      "id        since  from                        to                        state",
      "1f0c8a9b  1:05   juliet@example.org/balcony  +4930123@sip.example.org  outgoing.inviting",
    ]);
    await served.close();
  });

  test("are none", async () => {
    const { api, printed, print, served } = await gateway();
    await calls(api(), print, BEGUN);
    expect(printed).toEqual(["no calls"]);
    await served.close();
  });

  test("have names that no terminal obeys", async () => {
    const { api, begin, printed, print, served } = await gateway();
    begin("a", "\u001b[2J@x");
    await calls(api(), print, BEGUN);
    expect(printed[1]).toContain("\ufffd[2J@x");
    await served.close();
  });
});

describe("hangup", () => {
  test("takes the beginning of an id", async () => {
    const { api, begin, hungUp, printed, print, served } = await gateway();
    begin("1f0c");
    begin("2a");
    await hangUp(api(), "1f", print);
    expect([hungUp, printed]).toEqual([["1f0c"], ["hung up: juliet@example.org/balcony and +4930123@sip.example.org"]]);
    await served.close();
  });

  test.each([
    ["a call that is not there", "9", TOKEN, "there is no such call: 9"],
    ["two calls", "1", TOKEN, "2 calls begin with 1: give more of the id"],
    ["one that ends meanwhile", "gone1", TOKEN, "the call has already ended: gone1"],
    ["without a token", "1f", "", "the gateway requires its token"],
    ["with a wrong token", "1f", "wrong", "wrong token for the gateway"],
  ])("of %s is an error", async (_, id, token, error) => {
    const { api, begin, print, served } = await gateway();
    for (const each of ["1f0c", "1e", "gone1"]) begin(each);
    await expect(hangUp(api(token), id, print)).rejects.toThrow(error);
    await served.close();
  });
});

test("trace prints the messages of a number as they go, of calls before and after, and ends with the gateway", async () => {
  const { api, begin, kept, printed, print, served } = await gateway();
  const invite = (id: string) =>
    new TextEncoder().encode(
      `INVITE sip:x SIP/2.0\r\nFrom: <sip:j@e>;tag=${id}\r\nTo: <sip:x>\r\nCall-ID: call-${id}\r\nCSeq: 1 INVITE\r\n\r\n`,
    );
  begin("before1");
  kept.sip(true, invite("before1"), "udp", "192.0.2.2", 5060);
  const done = trace(api(), "+4930123", print).catch((error: unknown) => error);
  const heads = (): string[] => printed.filter((line) => !line.startsWith("    "));
  await until(
    "the first call",
    async () => heads().length,
    (length) => length >= 2,
  );
  begin("other1", "romeo@x");
  const after = begin("after1");
  kept.sip(true, invite("after1"), "udp", "192.0.2.2", 5060);
  await until(
    "the second call",
    async () => heads().length,
    (length) => length >= 4,
  );
  after?.ended("decline");
  await until(
    "its end",
    async () => heads().length,
    (length) => length >= 5,
  );
  expect(heads()).toEqual([
    "── before1 juliet@example.org/balcony → +4930123@sip.example.org",
    "22:13:20.000 before1 → udp 192.0.2.2:5060  INVITE",
    "── after1 juliet@example.org/balcony → +4930123@sip.example.org",
    "22:13:20.000 after1 → udp 192.0.2.2:5060  INVITE",
    "── after1 ended: decline",
  ]);
  expect(printed).toContain("    Call-ID: call-after1");
  await served.close();
  expect(await done).toBeInstanceOf(CommandError);
});

test("a gateway without a journal says so", async () => {
  const { api, print, served } = await gateway({ journal: false });
  await expect(calls(api(), print, BEGUN)).rejects.toThrow("this gateway keeps no journal: [web] journal is 0");
  await served.close();
});

test("where no gateway runs, it is asked whether it does", async () => {
  const api = new Api({ url: "http://127.0.0.1:9", token: "" });
  await expect(calls(api, () => {}, BEGUN)).rejects.toThrow(
    "no gateway answers at http://127.0.0.1:9: is it running, and is this its [web] host and port?",
  );
});

describe("the gateway is found", () => {
  test.each([
    ["where it listens", undefined, WEB, "http://127.0.0.1:8080"],
    ["on loopback, where it listens everywhere", undefined, { ...WEB, host: "0.0.0.0" }, "http://127.0.0.1:8080"],
    ["by IPv6", undefined, { ...WEB, host: "::" }, "http://[::1]:8080"],
    ["by its URL", "http://192.0.2.1:81", WEB, "http://192.0.2.1:81"],
  ])("%s", (_, url, web, found) => {
    expect(connectionOf(url, web, "t")).toEqual({ url: found, token: "t" });
  });

  test.each([
    ["on any free port", undefined, { ...WEB, port: 0 }, "give the gateway's address with --url"],
    ["by what is no URL", "gateway:8080", WEB, "is not the URL of a gateway"],
  ])("not %s", (_, url, web, error) => {
    expect(() => connectionOf(url, web, "")).toThrow(error);
  });
});
