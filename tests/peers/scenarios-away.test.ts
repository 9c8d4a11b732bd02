/** The gateway goes away and comes back: what calls get meanwhile, and who it knows to be there afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import { Device } from "../support/device.ts";
import type { GatewayProcess } from "../support/gateway-process.ts";
import { freePort } from "../support/ports.ts";
import type { XmppServer } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { ACCEPT, OFFER, reason } from "./scenarios-texts.ts";
import { hears, hearsEnd, SERVERS, startIntercepting } from "./scenarios-world.ts";

const PROPOSE =
  "<propose xmlns='urn:xmpp:jingle-message:0' id='p1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>";

for (const { name, missing, start } of SERVERS)
  for (const fallback of ["error", "pass"] as const)
    describe.skipIf(missing !== undefined)(
      `${name} without the gateway, fallback ${fallback}${missing ? ` (left out: ${missing})` : ""}`,
      () => {
        let server: XmppServer;
        let gateway: GatewayProcess | undefined;
        let port: number;
        let alice: Device;
        let bob: Device;

        beforeAll(async () => {
          server = await start(["alice", "bob"], { intercept: true, fallback });
          port = await freePort();
          [alice, bob] = [new Device(server, "alice", "phone"), new Device(server, "bob", "desk")];
          for (const device of [alice, bob]) await device.start();
        }, 120_000);
        const comes = async () => {
          gateway = await startIntercepting(server, { proxy: port, listen: port });
        };
        /** Ends the gateway, and waits until the server knows. */
        const goes = async () => {
          await gateway?.stop();
          gateway = undefined;
          await until("the gateway's end", () => alice.isGone(server.component), Boolean);
        };
        afterEach(goes);
        afterAll(async () => {
          for (const device of [alice, bob]) await device?.stop();
          await server?.stop();
        });

        /** Whoever was online before the gateway came can be called. */
        const isCalled = async (sid: string) => {
          await alice.say(bob.jid, "session-initiate", sid, OFFER);
          const { from } = await hears(bob, "session-initiate", sid);
          expect(from).toBe(`alice@${server.domain}`);
          await bob.say(from, "session-terminate", sid, reason("decline"));
          expect(await hearsEnd(alice, sid)).toBe("decline");
        };

        // proves: X16
        test("who is there is told to the gateway when it comes, and when it comes again", async () => {
          await comes();
          await isCalled("r1");
          await goes();
          await comes();
          await isCalled("r2");
        });

        if (fallback === "error") {
          // proves: X16
          test("a call is refused: service-unavailable", async () => {
            const asked = alice.say(bob.jid, "session-initiate", "e1", OFFER);
            await expect(asked).rejects.toMatchObject({ type: "wait", condition: "service-unavailable" });
          });

          test("a proposed call is refused alike", async () => {
            await alice.send(xml("message", { to: bob.jid, type: "chat", id: "p1" }, Device.element(PROPOSE)));
            const error = await alice.messages.next((each) => each.attrs.type === "error", "the error");
            expect(error.getChild("error")?.getChild("service-unavailable")).toBeDefined();
          });
        } else {
          // proves: X16
          test("a call goes the usual way, also when the gateway has come back in the middle of it", async () => {
            await alice.say(bob.jid, "session-initiate", "e1", OFFER);
            expect((await hears(bob, "session-initiate", "e1")).from).toBe(alice.jid);
            await comes();
            await bob.say(alice.jid, "session-accept", "e1", ACCEPT);
            expect((await hears(alice, "session-accept", "e1")).from).toBe(bob.jid);
            await alice.say(bob.jid, "content-add", "e1", OFFER);
            expect((await hears(bob, "content-add", "e1")).from).toBe(alice.jid);
            await alice.say(bob.jid, "session-terminate", "e1", reason("success"));
            await hears(bob, "session-terminate", "e1");
            await isCalled("e2");
            await isCalled("e1");
          });
        }
      },
    );
