/** What `--check` finds for the hosts that a configuration names. */
import { expect, test } from "bun:test";
import { lookUp } from "../config/lookup.ts";
import { read, withLine } from "./support/config.ts";

const FOUND = async (): Promise<string[]> => ["192.0.2.1", "2001:db8::1"];
const NEVER = new Promise<never>(() => {});
const LOCALHOST = { isGood: true, text: '[xmpp] host "localhost" resolves to 127.0.0.1' };
const PROXY = '[modules.mod_jingle_sip] proxy_host "pbx.example"';

const found = (ofProxy: () => Promise<string[]>, wait: () => Promise<void> = () => NEVER) =>
  lookUp(read(withLine('proxy_host = "pbx.example"')), {
    resolve: (host) => (host === "localhost" ? Promise.resolve(["127.0.0.1"]) : ofProxy()),
    wait,
  });
const failing = (code: string) => () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code }));

test("the proxy and the XMPP server, with all their addresses", async () => {
  expect(await found(FOUND)).toEqual([
    { isGood: true, text: `${PROXY} resolves to 192.0.2.1, 2001:db8::1` },
    LOCALHOST,
  ]);
});

test.each([
  ["ENOTFOUND", "there is no such name (ENOTFOUND)"],
  ["EAI_AGAIN", "no name server answers (EAI_AGAIN)"],
  ["ESERVFAIL", "ESERVFAIL"],
])("a look-up that ends with %s", async (code, words) => {
  expect(await found(failing(code))).toEqual([
    { isGood: false, text: `${PROXY} does not resolve: ${words}` },
    LOCALHOST,
  ]);
});

test("a name server that says nothing is waited for, for three seconds", async () => {
  const waited: unknown[] = [];
  const wait = (...args: unknown[]): Promise<void> => {
    waited.push(args);
    return new Promise((resolve) => setImmediate(resolve));
  };
  expect(await found(() => NEVER, wait)).toEqual([
    { isGood: false, text: `${PROXY} does not resolve: the name server has not answered within 3 seconds` },
    LOCALHOST,
  ]);
  expect(waited).toEqual([[3], [3]]);
});

test("our own web side's name", async () => {
  const config = read(withLine('host = "web.example"', "web"));
  const resolve = async (host: string): Promise<string[]> => [host === "web.example" ? "192.0.2.3" : "127.0.0.1"];
  const found = await lookUp(config, { resolve, wait: () => NEVER });
  expect(found.at(-1)).toEqual({ isGood: true, text: '[web] host "web.example" resolves to 192.0.2.3' });
});

test("an address is not looked up", async () => {
  const config = read(withLine('proxy_host = "192.0.2.7"').replace("[xmpp]", '[xmpp]\nhost = "::1"'));
  expect(await lookUp(config, { resolve: () => NEVER, wait: () => NEVER })).toEqual([]);
});
