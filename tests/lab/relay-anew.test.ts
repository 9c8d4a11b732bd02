/**
 * A relay that is killed in a call, and is there again before anybody has missed it: rtpengine, and our own, which the gateway starts again.
 * The gateway notices, the page is asked for an ICE restart, the phone hears of the new port, and both hear each other again.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { hasLogged } from "../support/has-logged.ts";
import { until } from "../support/until.ts";
import { pageHears, pageHearsAgain } from "./hearing.ts";
import { labTitle, noLab } from "./lab.ts";
import type { NgRelay } from "./ng-relay.ts";
import { MEDIA_SECTIONS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";
import { PROSODY_UDP } from "./worlds.ts";

const KINDS = ["plain", "sdes"] as const;
const CASES = MEDIA_SECTIONS.flatMap((each) => KINDS.map((kind) => ({ ...each, kind })));

/** How many RTP packets have come from either side, as our own relay tells it, or rtpengine. */
function packetsIn(answer: unknown): readonly number[] {
  const { user, phone, tags = {} } = answer as Queried;
  if (user && phone) return [user.RTP.packets, phone.RTP.packets];
  return Object.values(tags).map(({ medias }) => medias[0]?.streams[0]?.stats.packets ?? 0);
}
interface Queried {
  readonly user?: Counted;
  readonly phone?: Counted;
  readonly tags?: Readonly<Record<string, { medias: { streams: { stats: { packets: number } }[] }[] }>>;
}
interface Counted {
  readonly RTP: { readonly packets: number };
}

for (const { relay: name, make, media, kind } of CASES)
  describe.skipIf(noLab !== undefined)(labTitle(`${name} is killed while a browser and baresip, ${kind}, talk`), () => {
    const relay: NgRelay = make();
    let scene: Scene;
    let talk: Talk;

    beforeAll(async () => {
      await relay.start();
      scene = await startScene(PROSODY_UDP, { more: media });
      talk = new Talk(await scene.juliet(), await scene.phone(kind));
    });
    afterAll(async () => {
      await scene?.stop();
      await relay.stop();
    });
    beforeEach(() => talk.forget());
    afterEach(async () => {
      await scene.noCalls();
      expect(await relay.calls()).toEqual([]);
    });

    const pids = (): number[] =>
      [...scene.gateway.log().matchAll(/"event":"relay\.listening","pid":(\d+)/g)].map(([, pid]) => Number(pid));

    async function startAnew(): Promise<void> {
      const [pid] = pids().slice(-1);
      if (pid === undefined) return relay.startAnew();
      const before = pids().length;
      process.kill(pid, "SIGKILL");
      await until("another process", pids, ({ length }) => length > before);
    }

    // proves: W16
    test("the phone has called: the page is asked, and both hear again", async () => {
      await talk.echoTalksToJuliet();
      await startAnew();
      await hasLogged(scene.gateway, '"relay.call.anew"', 15);
      await pageHearsAgain(talk.juliet);
      await pageHears(talk.juliet, talk.echo.hertz);
      const [id = ""] = (await relay.calls()) as string[];
      const packets = async (): Promise<readonly number[]> => packetsIn(await relay.query(id));
      await until("packets of both", packets, (each) => each.length === 2 && each.every((count) => count > 50));
      await talk.echo.command("hangup");
      await talk.juliet.tells("ended");
    });
  });
