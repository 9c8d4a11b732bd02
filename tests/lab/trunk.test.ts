/** An ordinary SIP account, by UDP and by TLS: the gateway registers at Kamailio, and a browser and a phone with plain RTP hear each other by it, both ways. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Authority } from "../support/certificates.ts";
import { hasLogged } from "../support/has-logged.ts";
import { COMPONENT } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { accountBy, TRANSPORTS } from "./account.ts";
import { labTitle, noLab } from "./lab.ts";
import { MEDIA_SECTIONS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";
import { PROSODY_UDP } from "./worlds.ts";

const CASES = MEDIA_SECTIONS.flatMap((each) => TRANSPORTS.map((transport) => ({ ...each, transport })));

describe.each(CASES)("$relay, an account by $transport", ({ make, media, transport }) =>
  describe.skipIf(noLab !== undefined)(labTitle("a browser and plain baresip by an account"), () => {
    const relay = make();
    let authority: Authority;
    let scene: Scene;
    let talk: Talk;

    beforeAll(async () => {
      await relay.start();
      authority = new Authority();
      scene = await startScene(PROSODY_UDP, accountBy(transport, authority, media));
      talk = new Talk(await scene.juliet(), await scene.phone("plain"));
    });
    afterAll(async () => {
      await scene?.stop();
      await relay.stop();
      authority?.remove();
    });
    beforeEach(() => talk.forget());
    afterEach(async () => {
      await scene.noCalls();
      await until(
        "no call in the relay",
        () => relay.calls(),
        (calls) => Array.isArray(calls) && calls.length === 0,
      );
    });

    // proves: W18
    test("the account is registered", () => hasLogged(scene.gateway, '"state":"registered"'));

    // proves: W18
    test("juliet calls, each hears the other's tone; the phone has been called by the account", async () => {
      await talk.julietTalksToEcho();
      const from = (): string | undefined =>
        /^From: .*$/m.exec(talk.echo.said.slice(talk.echo.said.lastIndexOf("INVITE sip:plain")))?.[0];
      await until(
        "the INVITE in the phone's log",
        from,
        (said) => said?.includes(`<sip:line@${COMPONENT}>`) === true,
        10,
      );
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });

    // proves: W18
    test("the account is called, juliet rings, each hears the other's tone", async () => {
      await talk.echo.command("dial", `sip:line@${COMPONENT}`);
      expect((await talk.juliet.tells("incoming")).why).toBe(`plain@${COMPONENT}/sip`);
      await talk.juliet.tap("answer");
      await talk.echo.event("CALL_ESTABLISHED");
      await talk.hearEachOther();
      await talk.echo.command("hangup");
      await talk.juliet.tells("ended");
    });
  }),
);
