/**
 * Names that a phone writes in its Contact and that no name server answers, forty of them, at the gateway as a process behind real Prosody: their
 * calls go by way of the proxy, and another user's call is there at once.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Datagrams } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";
import type { Device } from "../support/device.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { GuestWorld } from "../support/guests.ts";
import { noProsody } from "../support/prosody.ts";
import { BUN } from "../support/runtimes.ts";

const missing = noProsody ?? (process.getuid?.() === 0 ? undefined : "root is needed, to speak for the name server");
const MANY = 40;
/** Milliseconds: a name server is waited for three times as long. */
const AT_ONCE = 1_000;

/** As a question has it (RFC 1035 §3.1). */
function labelOf(name: string): string {
  const [label = ""] = name.split(".");
  return String.fromCharCode(label.length) + label;
}

describe.skipIf(missing !== undefined)(`forty slow names${missing ? ` (left out: ${missing})` : ""}`, () => {
  const folder = makeFolder("names");
  let silent: Datagrams;
  let world: GuestWorld;
  let juliet: Device;
  let mallory: Device;
  /** How often the name server was asked. */
  const asked: string[] = [];

  beforeAll(async () => {
    const received = (bytes: Uint8Array): void => void asked.push(new TextDecoder("latin1").decode(bytes));
    silent = await openUdp({ host: "127.0.0.78", port: 53 }, { received, failed: () => {} });
    const resolver = join(folder, "resolv.conf");
    writeFileSync(resolver, "nameserver 127.0.0.78\n");
    const inside = `mount --bind ${resolver} /etc/resolv.conf && exec "$@"`;
    const command = ["unshare", "-m", "sh", "-c", inside, "sh", ...BUN.command];
    world = await GuestWorld.start({
      users: ["juliet", "mallory"],
      calls: "per_user = 0\nper_minute = 0",
      runtime: { name: "Bun", command },
    });
    [juliet, mallory] = [await world.device("juliet"), await world.device("mallory")];
  }, 120_000);
  afterAll(async () => {
    await world?.stop();
    await silent?.close();
    removeFolder(folder);
  });

  // proves: G3
  test("delay nobody, and their calls go by way of the proxy", async () => {
    const names = Array.from({ length: MANY }, (_, at) => `slow${at}.example.net`);
    for (const name of names) await world.talk(mallory, name, `Contact: <sip:bob@${name}:5070>`);
    const begun = Date.now();
    await world.talk(juliet, "mine");
    await world.proxy.heard.next((text) => text.startsWith("ACK") && text.includes("Call-ID: mine"), "juliet's ACK");
    expect(Date.now() - begun).toBeLessThan(AT_ONCE);
    for (const name of names) await world.proxy.next(`ACK sip:bob@${name}:5070`);
    // of one peer eight names are asked for at once
    const found = names.filter((name) => asked.some((text) => text.includes(labelOf(name))));
    expect([found.length > 0, found.length < MANY]).toEqual([true, true]);
  });
});
