/** Deno and Node as the gateway of a real Prosody, whose handshake, disco and presence are its own; a call each way. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { aliceOffers, bobOffers } from "../../examples/sessions.ts";
import { type Bob, startBob } from "../support/bob.ts";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml } from "../support/gateway-toml.ts";
import { COMPONENT, DOMAIN, noProsody, type Prosody, startProsody } from "../support/prosody.ts";
import { BUN, RUNTIMES } from "../support/runtimes.ts";

for (const runtime of RUNTIMES.filter((each) => each !== BUN)) {
  const missing = runtime.missing ?? noProsody;
  const title = `${runtime.name} with Prosody${missing ? ` (left out: ${missing})` : ""}`;
  describe.skipIf(missing !== undefined)(title, () => {
    let server: Prosody;
    let gateway: GatewayProcess;
    let juliet: Device;
    let bob: Bob;

    beforeAll(async () => {
      server = await startProsody(["juliet"]);
      bob = await startBob();
      gateway = await startGateway(gatewayToml(server, bob.phone.port), runtime);
      bob.phone.gatewayPort = gateway.sipPort;
      await healthy(gateway);
      juliet = new Device(server, "juliet", "balcony");
      await juliet.start();
    });
    afterAll(async () => {
      await juliet?.stop();
      expect(await gateway?.stop()).toBe(0);
      await bob?.phone?.close();
      await server?.stop();
    });

    const hears = (action: string, sid: string) =>
      juliet.heard.next((each) => each.action === action && each.jingle.attrs.sid === sid, `${action} of ${sid}`);

    test("juliet calls, the phone answers, juliet hangs up", async () => {
      await juliet.say(`bob@${COMPONENT}`, "session-initiate", "out", aliceOffers("actpass"));
      bob.phone.respond(await bob.request("INVITE", "out"), 200, bobOffers("active"));
      await hears("session-accept", "out");
      await juliet.say(`bob@${COMPONENT}`, "session-terminate", "out", "<reason><success/></reason>");
      bob.phone.respond(await bob.request("BYE", "out"), 200);
    });

    // proves: W11
    test("the phone calls, juliet accepts and hangs up", async () => {
      bob.phone.invite(`sip:juliet@${DOMAIN}`, "in", bobOffers("actpass"));
      const { from } = await hears("session-initiate", "in");
      await juliet.say(from, "session-accept", "in", aliceOffers("active"));
      bob.phone.acknowledge(await bob.response(200, "in"));
      await juliet.say(from, "session-terminate", "in", "<reason><success/></reason>");
      bob.phone.respond(await bob.request("BYE", "in"), 200);
    });
  });
}
