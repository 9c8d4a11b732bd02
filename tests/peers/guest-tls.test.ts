/**
 * Strangers at `[sip] tls_port`, on the gateway as people run it, behind real Prosody: handshakes that are begun and never done, by the byte, with
 * nonsense before, in and after them, messages without end, and who reads nothing. The gateway answers the proxy meanwhile, lets go of each, and
 * ends within two seconds with all of them at its door.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { Authority, noOpenssl } from "../support/certificates.ts";
import { changed } from "../support/changed.ts";
import { GATEWAY, GuestWorld } from "../support/guests.ts";
import { freePort } from "../support/ports.ts";
import { noProsody } from "../support/prosody.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { quietMilliseconds } from "../support/slowness.ts";
import { until } from "../support/until.ts";

const missing = noProsody ?? noOpenssl;
/** Handshakes of one address at once, and their milliseconds (docs/mapping.md K28). */
const HANDSHAKES = 20;
const HANDSHAKE = 5_000;
/** Milliseconds that a busy machine may be late. */
const LATE = 10_000;
const EXIT = 2_000;
const HELLO = new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]);
const BLOCK = 16_384;
/** As large as it may be: its answer copies Via. */
const LARGE = `OPTIONS sip:b@x.test SIP/2.0\r\n${`Via: SIP/2.0/TLS x.test;branch=z9hG4bK${"x".repeat(7_900)}\r\n`.repeat(5)}From: <sip:a@x.test>;tag=a\r\nTo: <sip:b@x.test>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;

/** A TCP connection from this address; `ended` settles with the milliseconds that it lasted. */
function opened(port: number, from: string, says: (socket: Socket) => void = () => {}) {
  const since = Date.now();
  const socket = connect({ host: GATEWAY, port, localAddress: from }, () => says(socket));
  socket.on("error", () => {});
  socket.resume();
  let isOpen = true;
  const ended = new Promise<number>((resolve) => {
    socket.once("close", () => {
      isOpen = false;
      resolve(Date.now() - since);
    });
  });
  return { socket, ended, isOpen: () => isOpen };
}

/** A stream by TLS from this address, after its handshake; what it hears is read only if asked for. */
function secured(port: number, from: string, says: (stream: TLSSocket, below: Socket) => void) {
  const below = opened(port, from);
  below.socket.pause();
  const stream = connectTls({ socket: below.socket, rejectUnauthorized: false }, () => says(stream, below.socket));
  stream.on("error", () => {});
  return { ...below, stream };
}

for (const runtime of RUNTIMES)
  describe.skipIf((missing ?? runtime.missing) !== undefined)(`strangers by TLS, on ${runtime.name}`, () => {
    let world: GuestWorld;
    let ours: Authority;
    let port: number;

    beforeAll(async () => {
      ours = new Authority();
      const { certificate, key } = ours.sign("us", "IP:127.0.0.1");
      port = await freePort();
      world = await GuestWorld.start({
        users: ["juliet"],
        sip: `tls_port = ${port}\ncertificate = "${certificate}"\nkey = "${key}"`,
        runtime,
      });
    }, 120_000);
    afterAll(async () => {
      await world?.stop();
      ours?.remove();
    });

    /** The proxy is answered. */
    const answers = async (): Promise<void> => {
      const uri = `sip:juliet@${GATEWAY}:${world.gateway.sipPort}`;
      world.proxy.says(`OPTIONS ${uri} SIP/2.0\nFrom: <sip:p@b>;tag=p\nTo: <${uri}>\nCall-ID: o${Date.now()}\n\n`);
      expect(await world.proxy.status("OPTIONS")).toBe("200");
    };

    // proves: K28
    test("handshakes that are begun, and never done: twenty of one address, five seconds each", async () => {
      const all = Array.from({ length: 2 * HANDSHAKES }, () =>
        opened(port, "127.0.0.11", (socket) => socket.write(HELLO)),
      );
      const byByte = opened(port, "127.0.0.12", (socket) => {
        const timer = setInterval(() => socket.write(HELLO.subarray(0, 1)), 1_000);
        socket.once("close", () => clearInterval(timer));
      });
      const nonsense = opened(port, "127.0.0.12", (socket) => socket.write("OPTIONS sip:a@b SIP/2.0\r\n\r\n"));
      await until(
        "twenty",
        () => all.filter(({ isOpen }) => isOpen()).length,
        (count) => count <= HANDSHAKES,
      );
      await answers();
      await nonsense.ended;
      expect(await byByte.ended).toBeLessThan(HANDSHAKE + LATE);
      const lasted = await Promise.all(all.map(({ ended }) => ended));
      expect(Math.max(...lasted)).toBeLessThan(HANDSHAKE + LATE);
      await answers();
    }, 60_000);

    // proves: K28
    test("nonsense below TLS and in it, a header or body without end: each is let go, and the proxy answered", async () => {
      const nonsense = "\0\xff".repeat(2 * BLOCK);
      const endless = changed(LARGE, "Content-Length: 0", "Content-Length: 99999999999");
      const says: ((stream: TLSSocket, below: Socket) => void)[] = [
        (_, below) => below.write(nonsense),
        (stream) => stream.write(nonsense),
        (stream) => stream.write("X: y\r\n".repeat(BLOCK)),
        (stream) => stream.write(`OPTIONS sip:b@x.test SIP/2.0\r\n${"X: y\r\n".repeat(BLOCK)}`),
        (stream) => stream.write(endless),
      ];
      const all = says.map((each) => secured(port, "127.0.0.13", each));
      for (const { stream } of all) stream.resume();
      await Promise.all(all.map(({ ended }) => ended));
      await answers();
    }, 60_000);

    test("with all of them at its door it ends within two seconds", async () => {
      for (let at = 0; at < HANDSHAKES; at++) {
        opened(port, "127.0.0.14", (socket) => socket.write(HELLO)).socket.pause();
        opened(world.gateway.sipPort, "127.0.0.15", (socket) => socket.write("OPTIONS ")).socket.pause();
        secured(port, "127.0.0.16", (stream) => stream.write(LARGE.repeat(20)));
        opened(world.gateway.webPort, "127.0.0.1", (socket) =>
          socket.write("GET /api/feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        ).socket.pause();
        opened(world.gateway.webPort, "127.0.0.1", (socket) => socket.write("GET / HTTP/1.1\r\n")).socket.pause();
      }
      await answers();
      const took = await quietMilliseconds(async () => {
        world.gateway.kill("SIGTERM");
        expect(await world.gateway.exited).toBe(0);
      });
      expect(took).toBeLessThan(EXIT);
    }, 60_000);
  });
