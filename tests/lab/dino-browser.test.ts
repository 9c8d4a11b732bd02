/**
 * Dino and a page with stanza, users of one server, call each other by way of the gateway and Kamailio. Dino is called by a
 * proposal, stanza knows none: each way the calls begin otherwise on the two sides.
 *
 * COMPAT Dino 0.4: it takes a steady tone for noise and mutes it within half a second, so the page, which hears only the moment,
 * is asked for packets. dino.test.ts hears the tone in a recording.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { DOMAIN } from "../support/prosody.ts";
import type { BrowserPhone } from "./chromium.ts";
import { Dino } from "./dino.ts";
import { PATIENCE, talk } from "./dino-talk.ts";
import { pageHearsAgain, phoneHears } from "./hearing.ts";
import { ROMEO_HERTZ, type Scene, startScene } from "./scene.ts";
import { INTERCEPTING, inWorlds, type World } from "./worlds.ts";

const JULIET = `juliet@${DOMAIN}`;
const ROMEO = `romeo@${DOMAIN}`;

const tests = (world: World) => {
  let scene: Scene;
  let romeo: BrowserPhone;
  let dino: Dino;

  beforeAll(async () => {
    dino = new Dino(ROMEO);
    scene = await startScene(world, { encrypted: true, friends: { juliet: ROMEO, romeo: JULIET } });
    romeo = await scene.romeo();
    await dino.start(scene.server.certificate);
  });
  afterAll(async () => {
    await dino?.stop();
    await scene?.stop();
  });
  beforeEach(async () => {
    await romeo.forget();
    await dino.forget();
  });
  afterEach(async () => {
    expect(romeo.errors).toEqual([]);
    await scene.noCalls();
  });

  const withRomeo = {
    /** Romeo has packets of sound, Dino hears his tone. */
    hear: () => Promise.all([pageHearsAgain(romeo, PATIENCE), phoneHears(dino, ROMEO_HERTZ, PATIENCE)]),
    received: async () => (await romeo.heard()).packets > 0,
    forget: () => romeo.forget(),
  };

  // proves: W5
  test("Dino calls, romeo's page rings and answers, sound goes both ways, Dino hangs up", () =>
    talk(dino, {
      ...withRomeo,
      async begin() {
        await dino.call();
        expect((await romeo.tells("incoming")).why).toBe(JULIET);
        await dino.gathered();
        await romeo.tap("answer");
      },
      async end() {
        await dino.hangUp();
        expect((await romeo.tells("ended")).why).toBe("success");
      },
    }));

  // proves: W5
  test("romeo's page calls, Dino rings and accepts, sound goes both ways, romeo hangs up", () =>
    talk(dino, {
      ...withRomeo,
      async begin() {
        await romeo.call(JULIET);
        await romeo.tells("ringing");
        await dino.accept();
        await romeo.tells("answered");
      },
      async end() {
        await romeo.tap("hangUp");
        await dino.stanza("session-terminate");
      },
    }));

  // proves: W5
  test("Dino calls, romeo declines", async () => {
    await dino.call();
    await romeo.tells("incoming");
    await romeo.tap("decline");
    await dino.stanza("session-terminate");
  });

  // proves: W5
  test("romeo calls, Dino rejects", async () => {
    await romeo.call(JULIET);
    await dino.reject();
    expect((await romeo.tells("ended")).why).toBe("decline");
  });
};

inWorlds("Dino and a browser of one server", tests, INTERCEPTING);
