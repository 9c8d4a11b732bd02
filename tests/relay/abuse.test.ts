/** The relay under what is too much: a hundred calls, no ports, a call that is renegotiated again and again. Nothing is left of any of it. */
import { afterEach, expect, test } from "bun:test";
import { udpSockets } from "../support/udp-sockets.ts";
import { until } from "../support/until.ts";
import { OwnUser } from "./own-user.ts";
import { hearEachOther, PhonePeer, Relayed } from "./peers.ts";

const USER = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:8 PCMA/8000
a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}\r\na=setup:actpass\r\na=rtcp-mux\r\n`;
const PHONE =
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";

/** The relay's ports. */
const PORTS = { first: 44_000, last: 45_999 };
const sockets = (): number => udpSockets(PORTS);
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(ports = PORTS): Promise<Relayed> {
  const relay = await Relayed.start(ports);
  stops.push(() => relay.stop());
  // its own socket and that of who asks are open with its first answer, maybe at such a port
  await relay.ask("ping");
  return relay;
}

const begin = async (relay: Relayed, name: string): Promise<string> => {
  await relay.rewrite(name, "phone", "offer", USER);
  return relay.rewrite(name, "user", "answer", PHONE);
};
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `call ${at}`);

// proves: V19
test("a hundred calls at once, the next is refused, and when they have ended no socket is left", async () => {
  const relay = await start();
  const before = sockets();
  await Promise.all(names(100).map((name) => begin(relay, name)));
  expect(sockets() - before).toBe(300);
  await expect(begin(relay, "one more")).rejects.toThrow("too many calls");
  await Promise.all(names(100).map((name) => relay.ask("delete", { "call-id": name })));
  expect(await relay.calls()).toEqual([]);
  await until(
    "no socket of theirs",
    () => sockets() - before,
    (left) => left === 0,
  );
});

// proves: V19
test("without ports a call is refused, and holds none; one that ends makes room for it", async () => {
  const relay = await start({ first: 45_992, last: 45_999 });
  const before = sockets();
  await begin(relay, "a");
  await begin(relay, "b");
  for (let tries = 0; tries < 20; tries++) await expect(begin(relay, "c")).rejects.toThrow("no ports are left");
  await until(
    "no socket of the refused",
    () => sockets() - before,
    (open) => open === 6,
  );
  expect(await relay.calls()).toEqual(["a", "b"]);
  await relay.ask("delete", { "call-id": "a" });
  await until(
    "room",
    () =>
      begin(relay, "c").then(
        () => true,
        () => false,
      ),
    Boolean,
  );
});

// proves: V16
test("a call that is renegotiated fifty times keeps its ports, has no more sockets, and both still hear each other", async () => {
  const relay = await start();
  const [user, phone] = [new OwnUser(), new PhonePeer()];
  stops.push(
    () => user.stop(),
    () => phone.stop(),
  );
  await phone.start();
  phone.takes(await relay.rewrite("1", "phone", "offer", await user.offer()));
  await user.takes(await relay.rewrite("1", "user", "answer", phone.describe()));
  await hearEachOther(user, phone);
  const before = sockets();
  const seen = new Set<string>();
  for (let each = 0; each < 50; each++) {
    const direction = ["sendonly", "sendrecv"][each % 2] ?? "";
    const offered = await relay.rewrite("1", "phone", "offer", `${await user.offer()}a=${direction}\r\n`);
    const answered = await relay.rewrite(
      "1",
      "user",
      "answer",
      phone.describe([each % 2 === 0 ? "a=recvonly" : "a=sendrecv"]),
    );
    seen.add(
      [/^m=audio (\d+)/m, /^a=candidate.*$/m, /^a=ice-ufrag.*$/m]
        .map((line, at) => line.exec(at === 0 ? offered : answered)?.[0])
        .join(),
    );
  }
  expect(seen.size).toBe(1);
  expect(sockets()).toBe(before);
  await hearEachOther(user, phone);
});
