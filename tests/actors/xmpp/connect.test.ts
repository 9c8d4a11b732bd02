/** The connection to the server, by its host name: a silent name server holds up nothing, its old answers go on. */
import { expect, test } from "bun:test";
import { component, SERVER } from "./scene.ts";

const HOST = "xmpp.example.org";
const OTHER = "192.0.2.4";
const silent = (): Promise<readonly string[]> => new Promise(() => {});
const offline = (it: Awaited<ReturnType<typeof component>>) =>
  it.logged.filter(({ event }) => event === "xmpp.offline").map(({ why }) => why);

test("a name server that says nothing is asked once, and tried for again and again; the stream is up when it has answered", async () => {
  const answer = Promise.withResolvers<readonly string[]>();
  let asked = 0;
  const resolve = (): Promise<readonly string[]> => {
    asked++;
    return answer.promise;
  };
  const it = await component("takes us", { host: HOST, resolve });
  await it.clock.advance(30_000);
  expect([asked, it.xmpp.online]).toEqual([1, false]);
  expect(new Set(offline(it))).toEqual(new Set([`host name ${HOST} does not resolve`]));
  expect(offline(it).length).toBeGreaterThan(2);
  answer.resolve([SERVER.host]);
  await it.clock.advance(31_000);
  expect(it.xmpp.online).toBe(true);
});

test("a lost stream reconnects to the old address if the name server has become silent", async () => {
  const answers = [() => Promise.resolve([SERVER.host])];
  const it = await component("takes us", { host: HOST, resolve: () => (answers.pop() ?? silent)() });
  await it.clock.advance(60_000);
  it.wire.cut();
  await it.clock.advance(1_000);
  expect(it.xmpp.online).toBe(true);
});

test("if an address refuses or is silent, the next one is tried within five seconds", async () => {
  for (const fault of ["refuses", "silent"] as const) {
    const answer = Promise.withResolvers<readonly string[]>();
    const it = await component("takes us", { host: HOST, resolve: () => answer.promise });
    it.wire[fault].add(`${OTHER}:${SERVER.port}`);
    answer.resolve([OTHER, SERVER.host]);
    await it.clock.advance(4_000);
    expect([it.xmpp.online, offline(it)]).toEqual([true, []]);
  }
});

test("a name that does not resolve is logged in one line, and tried again", async () => {
  const it = await component("takes us", { host: HOST });
  await it.clock.advance(10_000);
  expect(offline(it).length).toBeGreaterThan(3);
  expect(it.events).toEqual([]);
});

test("stopped while the name is looked up, it does not connect", async () => {
  const answer = Promise.withResolvers<readonly string[]>();
  const it = await component("takes us", { host: HOST, resolve: () => answer.promise });
  it.xmpp.stop();
  answer.resolve([SERVER.host]);
  await it.clock.advance(10_000);
  expect([it.events, it.clock.armed]).toEqual([[], 0]);
});
