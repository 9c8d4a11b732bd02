/**
 * Calls between two users whose server hands them over, by way of a plain proxy that sends each INVITE back with its
 * Call-ID: a real Kamailio, or the gateway itself in its place.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Device } from "../support/device.ts";
import type { GatewayProcess } from "../support/gateway-process.ts";
import { type Kamailio, noKamailio, startKamailio } from "../support/kamailio.ts";
import { freePort } from "../support/ports.ts";
import type { XmppServer } from "../support/prosody.ts";
import { ACCEPT, OFFER, reason } from "./scenarios-texts.ts";
import { comesOnline, hears, hearsEnd, SERVERS, sipErrorIn, startIntercepting } from "./scenarios-world.ts";

const WAYS = SERVERS.flatMap((server) => [
  { ...server, proxy: "Kamailio", missing: server.missing ?? noKamailio },
  { ...server, proxy: "the gateway itself" },
]);

for (const { name, missing, start, proxy } of WAYS)
  describe.skipIf(missing !== undefined)(`${proxy}, on ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    let kamailio: Kamailio | undefined;
    let server: XmppServer;
    let gateway: GatewayProcess;
    let alice: Device;
    let bob: Device;
    let tablet: Device;

    beforeAll(async () => {
      server = await start(["alice", "bob", "carol"], { intercept: true });
      const port = await freePort();
      kamailio = proxy === "Kamailio" ? await startKamailio(server.domain, port) : undefined;
      gateway = await startIntercepting(server, { proxy: kamailio?.port ?? port, listen: port });
      alice = await comesOnline(server, "alice", "phone");
      bob = await comesOnline(server, "bob", "desk");
      tablet = await comesOnline(server, "bob", "tablet");
    }, 120_000);
    afterAll(async () => {
      for (const device of [alice, bob, tablet]) await device?.stop();
      await gateway?.stop();
      await kamailio?.stop();
      await server?.stop();
    });

    // proves: X17
    test("all of the callee's devices ring, one accepts, the other is told, the caller hangs up", async () => {
      await alice.say(bob.jid, "session-initiate", "s1", OFFER);
      const { from } = await hears(bob, "session-initiate", "s1");
      expect(from).toBe(`alice@${server.domain}`);
      await hears(tablet, "session-initiate", "s1");
      expect((await hears(alice, "session-info", "s1")).jingle.getChild("ringing")).toBeDefined();
      await bob.say(from, "session-accept", "s1", ACCEPT);
      expect((await hears(alice, "session-accept", "s1")).from).toBe(bob.jid);
      expect(await hearsEnd(tablet, "s1")).toBe("cancel");
      await alice.say(bob.jid, "session-terminate", "s1", reason("success"));
      expect(await hearsEnd(bob, "s1")).toBe("success");
    });

    test("the callee declines: the caller hears decline", async () => {
      await alice.say(bob.jid, "session-initiate", "s2", OFFER);
      const { from } = await hears(bob, "session-initiate", "s2");
      await bob.say(from, "session-terminate", "s2", reason("decline"));
      expect(await hearsEnd(alice, "s2")).toBe("decline");
    });

    // proves: X17
    test("nobody is there: 480", async () => {
      await alice.say(`carol@${server.domain}/x`, "session-initiate", "s3", OFFER);
      expect(sipErrorIn((await hears(alice, "session-terminate", "s3")).jingle)).toBe("480");
    });

    test("a session that nobody knows is refused", async () => {
      const asked = alice.say(bob.jid, "session-terminate", "nobody", reason("success"));
      await expect(asked).rejects.toMatchObject({ condition: "item-not-found" });
    });
  });
