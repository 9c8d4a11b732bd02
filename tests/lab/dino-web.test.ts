/** Dino (Jingle by proposals), and sip.js in a browser that offers it more than it takes, or asks for nothing. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import type { BrowserPhone } from "./chromium.ts";
import { Dino } from "./dino.ts";
import { PATIENCE, talk } from "./dino-talk.ts";
import { pageHears, phoneHears } from "./hearing.ts";
import { CARD_HERTZ } from "./pulse.ts";
import { type Scene, startScene, WEB_HERTZ } from "./scene.ts";
import { JULIET } from "./talk.ts";
import { inWorlds, PROSODY_UDP } from "./worlds.ts";

const WEB = `web@${COMPONENT}`;

inWorlds(
  "Dino and sip.js in a browser",
  (world) => {
    let scene: Scene;
    let web: BrowserPhone;
    let dino: Dino;

    beforeAll(async () => {
      dino = new Dino(WEB);
      scene = await startScene(world, { encrypted: true, friends: { juliet: WEB } });
      [web] = await Promise.all([scene.web(), dino.start(scene.server.certificate)]);
    });
    afterAll(async () => {
      await dino?.stop();
      await scene?.stop();
    });
    beforeEach(async () => {
      await web.forget();
      await dino.forget();
    });
    afterEach(async () => {
      expect(web.errors).toEqual([]);
      await scene.noCalls();
    });

    // proves: W13
    test("sip.js calls with a data channel, of which Dino is not told: each hears the other's tone", () =>
      talk(dino, {
        async begin() {
          await web.call(JULIET, { data: true });
          await dino.accept();
          await web.tells("answered");
          expect(dino.said).not.toContain("sctpmap");
        },
        hear: () => Promise.all([pageHears(web, CARD_HERTZ, PATIENCE), phoneHears(dino, WEB_HERTZ, PATIENCE)]),
        received: async () => (await web.heard()).packets > 0,
        async end() {
          await web.tap("hangUp");
          await dino.stanza("session-terminate");
        },
        forget: () => web.forget(),
      }));

    // proves: W13
    test("sip.js pages Dino, which would talk back: Dino hears its tone, and the page nothing", async () => {
      await web.call(JULIET, { pages: true });
      await dino.accept();
      await web.tells("answered");
      await phoneHears(dino, WEB_HERTZ);
      expect((await web.heard()).packets).toBe(0);
      await web.tap("hangUp");
      await dino.stanza("session-terminate");
    });
  },
  [PROSODY_UDP],
);
