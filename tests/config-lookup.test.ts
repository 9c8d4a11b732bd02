/** What `--check` finds for the hosts that a configuration names. */
import { expect, test } from "bun:test";
import { inTime } from "../actors/hosts.ts";
import { lookUp } from "../config/lookup.ts";
import { createClock } from "../replay/clock.ts";
import { changed } from "./support/changed.ts";
import { GOOD, read, withLine } from "./support/config.ts";

const FOUND = async (): Promise<string[]> => ["192.0.2.1", "2001:db8::1"];
const NEVER = new Promise<never>(() => {});
const LOCALHOST = { isGood: true, text: '[xmpp] host "localhost" resolves to 127.0.0.1' };
const PROXY = '[modules.mod_jingle_sip] proxy_host "pbx.example"';

const found = (ofProxy: () => Promise<string[]>) =>
  lookUp(read(withLine('proxy_host = "pbx.example"')), (host) =>
    host === "localhost" ? Promise.resolve(["127.0.0.1"]) : ofProxy(),
  );
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

test("a silent name server is waited for, for three seconds", async () => {
  const clock = createClock();
  const resolve = inTime(() => NEVER, clock);
  const found = lookUp(read(withLine('proxy_host = "pbx.example"')), resolve);
  await clock.advance(3_000);
  expect((await found)[0]).toEqual({
    isGood: false,
    text: `${PROXY} does not resolve: the name server has not answered within 3000 ms`,
  });
});

test("our own web side's name", async () => {
  const config = read(withLine('host = "web.example"', "web"));
  const resolve = async (host: string): Promise<string[]> => [host === "web.example" ? "192.0.2.3" : "127.0.0.1"];
  const found = await lookUp(config, resolve);
  expect(found.at(-1)).toEqual({ isGood: true, text: '[web] host "web.example" resolves to 192.0.2.3' });
});

test("media relays by their names", async () => {
  const config = read(withLine('rtpengine = ["127.0.0.1:2223", "relay.example:2223"]', "media"));
  const resolve = async (host: string): Promise<string[]> => [host === "relay.example" ? "192.0.2.9" : "127.0.0.1"];
  expect(await lookUp(config, resolve)).toContainEqual({
    isGood: true,
    text: '[media] rtpengine "relay.example" resolves to 192.0.2.9',
  });
});

test("an address is not looked up", async () => {
  const config = read(changed(withLine('proxy_host = "192.0.2.7"'), "[xmpp]", '[xmpp]\nhost = "::1"'));
  expect(await lookUp(config, () => NEVER)).toEqual([]);
});

const TRUNK = (server: string): string => `${GOOD}[dial]
rules = [{ to = "+", trunk = "line" }]
[trunks.line]
server = "${server}"
transport = "tls"
`;
const RECORDS = {
  naptr: async () => [],
  srv: async (name: string) =>
    name === "_sips._tcp.line.example" ? [{ name: "sip1.line.example", port: 5061, priority: 1, weight: 0 }] : [],
};
const ADDRESSES: Readonly<Record<string, string[]>> = { "sip1.line.example": ["192.0.2.8"], localhost: ["127.0.0.1"] };
const known = (host: string): Promise<string[]> =>
  host in ADDRESSES ? Promise.resolve(ADDRESSES[host] ?? []) : failing("ENOTFOUND")();

// proves: K15
test("a trunk that is known by SRV alone; with a port its name itself must be known", async () => {
  expect((await lookUp(read(TRUNK("line.example")), known, RECORDS)).at(-1)).toEqual({
    isGood: true,
    text: '[trunks.line] server "line.example" resolves to 192.0.2.8',
  });
  expect((await lookUp(read(TRUNK("line.example:5061")), known, RECORDS)).at(-1)?.isGood).toBe(false);
});
