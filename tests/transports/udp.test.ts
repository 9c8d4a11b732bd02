/** UDP sockets: the rules of all datagrams, and the room for those that wait. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { openUdp } from "../../transports/udp.ts";
import { datagramsKeep } from "./conformance.ts";

datagramsKeep("datagrams over UDP", openUdp, (promise) => promise);

const ASKED = 4_194_304;
const limit = "/proc/sys/net/core/rmem_max";
/** The most that this machine gives. */
const most = existsSync(limit) ? Number(readFileSync(limit, "utf8")) : undefined;
const at = { host: "127.0.0.1", port: 0 };

describe("the receive buffer", () => {
  test.skipIf(most === undefined)("is asked for, and what was given of it is told (net.core.rmem_max)", async () => {
    const socket = await openUdp(at, { received: () => {}, failed: () => {} });
    expect(socket.receiveBuffer).toEqual({ asked: ASKED, given: Math.min(ASKED, most ?? 0) });
    await socket.close();
  });

  test.skipIf((most ?? 0) < ASKED)("holds 1,000 INVITEs that come at once", async () => {
    const burst = 1_000;
    let count = 0;
    const all = Promise.withResolvers<number>();
    const received = (): void => void (++count === burst && all.resolve(count));
    const there = await openUdp(at, { received, failed: () => {} });
    const here = await openUdp(at, { received: () => {}, failed: () => {} });
    const invite = new Uint8Array(1_800);
    for (let sent = 0; sent < burst; sent++) here.send(invite, there.local);
    expect(await Promise.race([all.promise, Bun.sleep(3_000).then(() => count)])).toBe(burst);
    await Promise.all([here.close(), there.close()]);
  });
});
