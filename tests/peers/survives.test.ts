/**
 * kill -9 of a real gateway between a real Prosody and SIPp: what was answered goes on, what rang ends on both sides.
 *
 * So many calls as `SURVIVING_CALLS` says, 40 where nobody says more; on the other runtimes a quarter of them. Half of them are called by
 * phones, which hold them and hang up afterwards; the others the user holds and hangs up. Beside them a fifth rings, and a twentieth waits for its ACK.
 */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import xml from "@xmpp/xml";
import { PING } from "../../protocol/xmpp/namespaces.ts";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { freePorts } from "../support/ports.ts";
import { COMPONENT, DOMAIN, noProsody, SECRET, startProsody } from "../support/prosody.ts";
import { RUNTIMES, type Runtime } from "../support/runtimes.ts";
import { LOCAL } from "../support/sip.ts";
import { noSipp, startSipp } from "../support/sipp.ts";
import { until } from "../support/until.ts";

const CALLS = Number(process.env.SURVIVING_CALLS ?? 40);
const toml = (ports: { sip: number; proxy: number; component: number }, store: string): string => `
[modules.mod_jingle_sip]
proxy_host = "127.0.0.1"
proxy_port = ${ports.proxy}
listen_port = ${ports.sip}
[sip]
bind = ["127.0.0.1"]
allow = ["127.0.0.0/8"]
options_interval = 0 # SIPp, which is the proxy here, takes OPTIONS for a call
[xmpp]
port = ${ports.component}
host = "127.0.0.1"
domain = "${COMPONENT}"
secret = "${SECRET}"
hosts = ["${DOMAIN}"]
[calls]
per_user = 0 # one user has all calls
per_minute = 0
store = "${store}"
[web]
port = 0
`;

/** What is in a store that nobody has open. */
function rowsIn(file: string): unknown[] {
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT id FROM saved").all();
  database.close();
  return rows;
}

const missing = (runtime: Runtime): string | undefined => noProsody ?? noSipp ?? runtime.missing;

describe.each(RUNTIMES)("killed on $name", (runtime) => {
  const why = missing(runtime);
  const established = Math.ceil((runtime.name === "Bun" ? CALLS : CALLS / 4) / 2);
  const ringing = Math.ceil(established / 2.5);
  const late = Math.ceil(established / 10);

  // proves: O1, O2, O3
  test.skipIf(why !== undefined)(
    `calls outlive their gateway${why ? ` (left out: ${why})` : ""}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "carillon-survives-"));
      const store = join(folder, "calls.db");
      const server = await startProsody(["juliet"]);
      const ports = { ...(await freePorts("sip", "proxy")), component: server.componentPort };
      const start = (): Promise<GatewayProcess> => startGateway(toml(ports, store), runtime);
      let gateway = await start();
      await healthy(gateway);
      const juliet = new Device(server, "juliet", "balcony");
      await juliet.start();

      const to = `${LOCAL}:${ports.sip}`;
      const caller = (scenario: string, calls: number) =>
        startSipp(scenario, [to, "-s", "juliet", "-m", `${calls}`, "-r", "50"]);
      const phone = startSipp("surviving-phone.xml", ["-p", `${ports.proxy}`, "-m", `${established}`]);
      const callers = [
        caller("surviving-caller.xml", established),
        caller("refused-caller.xml", ringing),
        caller("late-caller.xml", late),
      ];
      const sids = Array.from({ length: established }, (_, index) => `survivor-${index}`);
      for (const sid of sids)
        await juliet.say(`bob@${COMPONENT}`, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
      for (const sid of sids)
        await juliet.heard.next(({ action, jingle }) => action === "session-accept" && jingle.attrs.sid === sid, sid);
      for (let call = 0; call < established + ringing + late; call++) {
        const { jingle, from } = await juliet.heard.next(({ action }) => action === "session-initiate", "a call");
        if (!from.startsWith("ringing"))
          await juliet.say(from, "session-accept", String(jingle.attrs.sid), PLAY_TEXTS["answer-contents"]);
      }
      const calls = async (): Promise<number> => ((await (await gateway.health()).json()) as { calls: number }).calls;
      await until("all calls", calls, (count) => count === 2 * established + ringing + late);
      await Bun.sleep(200);

      gateway.kill("SIGKILL");
      await gateway.exited;
      const began = performance.now();
      gateway = await start();
      const served = performance.now() - began;

      // what rang is over, for users and phones
      const hears = (action: string, sid?: string) =>
        juliet.heard.next(
          (heard) => heard.action === action && (sid ?? heard.jingle.attrs.sid) === heard.jingle.attrs.sid,
          action,
        );
      for (let call = 0; call < ringing; call++) {
        const { jingle } = await hears("session-terminate");
        expect(jingle.getChild("reason")?.getChild("gone")).toBeDefined();
      }
      // the user holds the calls that she has placed, and hangs up
      const hold = "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>";
      for (const sid of sids) {
        await hears("session-info", sid);
        await juliet.say(`bob@${COMPONENT}`, "session-info", sid, hold);
      }
      await Bun.sleep(1_000);
      for (const sid of sids)
        await juliet.say(`bob@${COMPONENT}`, "session-terminate", sid, "<reason><success/></reason>");
      for (const { ended } of [...callers, phone]) {
        const { code, screen } = await ended;
        expect(code, `${screen}\n${gateway.log().slice(-4_000)}`).toBe(0);
      }
      for (let call = 0; call < established + late; call++) await hears("session-terminate");
      await until("no calls", calls, (count) => count === 0);
      expect(served).toBeLessThan(2_000);

      // her results are behind her on the stream: with this answer they are heard, and nothing is owed to her any more
      await juliet.ask("get", COMPONENT, xml("ping", { xmlns: PING }));
      await juliet.stop();
      gateway.kill("SIGTERM");
      expect(await gateway.exited).toBe(0);
      expect(rowsIn(store)).toEqual([]);
      await server.stop();
      rmSync(folder, { recursive: true });
    },
    180_000,
  );
});
