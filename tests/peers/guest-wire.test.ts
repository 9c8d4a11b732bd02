/**
 * Strangers on the wire, each from an address of his own, at the gateway as a process behind real Prosody: floods by UDP and TCP, and text that
 * would break a log. The proxy is served meanwhile.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connectTcp } from "../../transports/tcp.ts";
import type { ByteStream } from "../../transports/transport.ts";
import type { Device } from "../support/device.ts";
import { GATEWAY, GuestWorld, OFFER_SDP, PROXY } from "../support/guests.ts";
import { hasLogged } from "../support/has-logged.ts";
import { DOMAIN, noProsody } from "../support/prosody.ts";
import { until } from "../support/until.ts";

const STRANGER = "127.0.0.9";
/** Answers that a stranger gets in a second, and connections at once (docs/mapping.md G10, G12). */
const ANSWERS = 10;
const CONNECTIONS = 50;
const SPIES = "\u0085\u202e\u2028\u009b31m\ufeff";

describe.skipIf(noProsody !== undefined)(`strangers${noProsody ? ` (left out: ${noProsody})` : ""}`, () => {
  let world: GuestWorld;
  let juliet: Device;

  beforeAll(async () => {
    world = await GuestWorld.start({ users: ["juliet"] });
    juliet = await world.device("juliet");
  }, 120_000);
  afterAll(() => world?.stop());

  const uri = (): string => `sip:juliet@${GATEWAY}:${world.gateway.sipPort}`;
  const options = (via: string): string =>
    `OPTIONS ${uri()} SIP/2.0\r\nVia: SIP/2.0/TCP ${via};branch=z9hG4bKtcp\r\nFrom: <sip:a@b>;tag=1\r\nTo: <${uri()}>\r\nCall-ID: ${via}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`;

  // proves: G10, S38
  test("a flood of INVITEs is answered ten times a second, and the proxy at once", async () => {
    const stranger = await world.guest(STRANGER);
    const begun = Date.now();
    for (let at = 0; at < 500; at++)
      stranger.says(
        `INVITE ${uri()} SIP/2.0\nFrom: <sip:a@b>;tag=${at}\nTo: <sip:juliet@${DOMAIN}>\nCall-ID: f${at}\n${stranger.contact}\n${OFFER_SDP}`,
      );
    world.proxy.says(`OPTIONS ${uri()} SIP/2.0\nFrom: <sip:p@b>;tag=p\nTo: <${uri()}>\nCall-ID: o1\n\n`);
    expect(await world.proxy.status("OPTIONS")).toBe("200");
    const answers = stranger.heard.rest();
    const seconds = Math.ceil((Date.now() - begun) / 1_000);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.length).toBeLessThanOrEqual(ANSWERS * (seconds + 1));
    expect(new Set(answers.map((text) => text.slice(8, 11)))).toEqual(new Set(["403"]));
    expect(juliet.heard.rest()).toEqual([]);
  });

  // proves: G12
  test("a hundred connections of one host: fifty stay, and the proxy connects and is answered", async () => {
    let open = 0;
    const streams: ByteStream[] = [];
    const to = { host: GATEWAY, port: world.gateway.sipPort };
    for (let at = 0; at < 2 * CONNECTIONS; at++) {
      const events = { received: () => {}, closed: () => void open-- };
      open++;
      streams.push(await connectTcp(to, events, 5_000, STRANGER));
    }
    await until(
      "fifty connections",
      () => open,
      (count) => count === CONNECTIONS,
    );
    let heard = "";
    const received = (bytes: Uint8Array): void => {
      heard += new TextDecoder().decode(bytes);
    };
    const proxy = await connectTcp(to, { received, closed: () => {} }, 5_000, PROXY);
    proxy.write(new TextEncoder().encode(options(`${PROXY}:5060`)));
    await until(
      "an answer",
      () => heard,
      (text) => text.startsWith("SIP/2.0 200"),
    );
    for (const stream of [...streams, proxy]) stream.destroy();
  });

  // proves: G17
  test("what a terminal obeys is escaped in the log, whoever says it: a caller, or a stranger", async () => {
    const stranger = await world.guest("127.0.0.10");
    for (const guest of [world.proxy, stranger]) {
      guest.says(
        `INVITE sip:nobody${encodeURIComponent(SPIES)}@${GATEWAY} SIP/2.0\nFrom: "${SPIES}{}" <sip:a@b>;tag=1\nTo: <sip:${encodeURIComponent(SPIES)}@${DOMAIN}>\nCall-ID: l${guest.at.port}\n${guest.contact}\n${OFFER_SDP}`,
      );
      expect(await guest.status("INVITE")).toMatch(/^4/);
    }
    await hasLogged(world.gateway, /"call\.refused".*\\u202e/, 10);
    const lines = world.gateway.log().trimEnd().split("\n");
    for (const line of lines) expect(typeof JSON.parse(line).event).toBe("string");
    expect(world.gateway.log()).not.toMatch(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/u);
  });
});
