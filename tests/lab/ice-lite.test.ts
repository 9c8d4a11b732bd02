/**
 * A browser and a phone that is an ICE lite agent (Teams media bypass, mediasoup, LiveKit). Jingle has no word for that, so the
 * browser does not know it. docs/troubleshooting.md says what holds.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { header } from "../../protocol/sip/fields.ts";
import type { Message, Request, Response } from "../../protocol/sip/message.ts";
import { Inbox } from "../support/inbox.ts";
import { Phone } from "../support/phone.ts";
import { COMPONENT } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import type { BrowserPhone } from "./chromium.ts";
import { GATEWAY, GATEWAY_PORT, PHONES } from "./lab.ts";
import { LiteAgent, type OnConflict } from "./lite-agent.ts";
import { type Scene, startScene } from "./scene.ts";
import { JULIET } from "./talk.ts";
import { inWorlds, PROSODY_UDP } from "./worlds.ts";

inWorlds(
  "a browser and an ICE lite agent",
  (world) => {
    let scene: Scene;
    let juliet: BrowserPhone;
    let phone: Phone;
    let heard = new Inbox<Message>();
    let agent: LiteAgent;

    beforeAll(async () => {
      phone = await Phone.open((message) => heard.put(message), PHONES);
      phone.gateway = { host: GATEWAY, port: GATEWAY_PORT };
      scene = await startScene(world, { peer: { host: PHONES, port: phone.port } });
      juliet = await scene.juliet();
    });
    afterAll(async () => {
      await scene?.stop();
      await phone?.close();
    });
    afterEach(async () => {
      await juliet.tap("hangUp");
      phone.respond(await request("BYE"), 200);
      await scene.noCalls();
      await juliet.forget();
      heard = new Inbox();
      agent.close();
    });

    const request = async (method: string) =>
      (await heard.next((each) => "method" in each && each.method === method, method)) as Request;
    const answer = async () => (await heard.next((each) => "status" in each && each.status === 200, "200")) as Response;

    async function agentCalls(onConflict: OnConflict, callId: string): Promise<void> {
      agent = await LiteAgent.open(PHONES, onConflict);
      phone.invite(JULIET, callId, agent.sdp("actpass"));
      await juliet.tells("incoming");
      await juliet.tap("answer");
      const ok = await answer();
      expect(header(ok, "Call-ID")).toBe(callId);
      phone.acknowledge(ok);
    }

    const reaches = (wanted: string) =>
      until(
        `ICE that is ${wanted}`,
        () => juliet.heard(),
        ({ ice }) => ice === wanted,
      );

    // proves: W12
    test("juliet calls: she is controlling, and nominates", async () => {
      agent = await LiteAgent.open(PHONES, "drops");
      await juliet.call(`lite@${COMPONENT}`);
      phone.respond(await request("INVITE"), 200, agent.sdp("passive"));
      await request("ACK");
      await reaches("connected");
      await until(
        "a nomination",
        async () => agent.checks,
        ({ nominating }) => nominating > 0,
      );
      expect(agent.checks.controlled).toBe(0);
      await until(
        "DTLS",
        async () => agent.secured,
        (secured) => secured > 0,
      );
    });

    // proves: W12
    test("it calls and repairs the conflict of roles: juliet becomes controlling, and nominates", async () => {
      await agentCalls("repairs", "lite-1");
      await reaches("connected");
      await until(
        "a nomination",
        async () => agent.checks,
        ({ nominating }) => nominating > 0,
      );
      expect(agent.checks.controlled).toBeGreaterThan(0);
      expect(agent.secured).toBeGreaterThan(0);
    });

    // proves: W12
    test("it calls and does not look at roles: nobody nominates, and juliet sends all the same", async () => {
      await agentCalls("ignores", "lite-2");
      await reaches("connected");
      await until(
        "DTLS",
        async () => agent.secured,
        (secured) => secured > 0,
      );
      expect(agent.checks).toMatchObject({ nominating: 0, controlling: 0 });
    });

    // proves: W12
    test("it calls and drops what has another role than it expects: there is no connection", async () => {
      await agentCalls("drops", "lite-3");
      await until(
        "checks",
        async () => agent.checks,
        ({ controlled }) => controlled > 10,
      );
      expect((await juliet.heard()).ice).toBe("checking");
      expect(agent.secured).toBe(0);
    });
  },
  [PROSODY_UDP],
);
