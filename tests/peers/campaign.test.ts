/**
 * One user's campaign against the stream that all share (tests/support/attacks.ts), through real servers, in both modes and in every
 * cut of TCP, while another user calls: each IQ is answered, no call is lost, the stream stays up, and the process stays small.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Element } from "@xmpp/xml";
import { SessionState } from "sip.js";
import { createChance } from "../../replay/chance.ts";
import { ATTACKS, CARRIERS, CUTS } from "../support/attacks.ts";
import { Cutter } from "../support/cutter.ts";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml } from "../support/gateway-toml.ts";
import { hasLogged } from "../support/has-logged.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import type { XmppServer } from "../support/prosody.ts";
import { reaches, type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";
import { comesOnline, hears, isSeen, SERVERS } from "./scenarios-world.ts";

const MODES = ["gateway", "intercept"] as const;
/** Megabytes of RSS that the campaign may add to the process. */
const MOST_MORE = 150;

const rss = (pid: number): number => {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1_024;
};

for (const { name, missing, start } of SERVERS)
  for (const mode of MODES)
    describe.skipIf(missing !== undefined)(
      `a campaign against the stream, through ${name}, mode ${mode}${missing ? ` (left out: ${missing})` : ""}`,
      () => {
        let server: XmppServer;
        let gateway: GatewayProcess;
        let phone: SipJsPhone;
        let alice: Device;
        let mallory: Device;
        let bob: string;
        let componentPort: number;
        const cutter = new Cutter(createChance(7));

        beforeAll(async () => {
          server = await start(["alice", "bob", "mallory"], { intercept: mode === "intercept" });
          phone = await startSipJsPhone();
          componentPort = await cutter.start(server.componentPort);
          gateway = await startGateway(configuration());
          phone.gatewayPort = gateway.sipPort;
          await healthy(gateway);
          bob = `bob@${mode === "intercept" ? server.domain : server.component}`;
          alice = await comesOnline(server, "alice", "phone");
          mallory = await comesOnline(server, "mallory", "lair");
        }, 120_000);
        afterAll(async () => {
          for (const device of [alice, mallory]) await device?.stop();
          await gateway?.stop();
          await phone?.stop();
          cutter.stop();
          await server?.stop();
        });
        const configuration = () =>
          gatewayToml({ ...server, componentPort }, phone.port, {
            xmpp: `mode = "${mode}"`,
            // alice calls all the time
            tables: "[calls]\nper_minute = 0",
          });

        const calls = async (sid: string) => {
          await alice.say(bob, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
          const invitation = await phone.invitations.next(undefined, "the INVITE");
          await invitation.accept();
          await hears(alice, "session-accept", sid);
          return invitation;
        };
        /** What an IQ is answered by: `result`, or the name of the error. */
        const asks = async (iq: Element): Promise<string> => {
          const [child] = iq.getChildElements();
          if (!child) throw new Error("an IQ without a question");
          return mallory.ask(iq.attrs.type, iq.attrs.to, child).then(
            () => "result",
            (error: { condition?: string }) => error.condition ?? String(error),
          );
        };
        const attack = async () => {
          let at = 0;
          for (const [turn, { name, inside, isPast, isHuge }] of ATTACKS.entries())
            for (const { name: kind, write, isIq } of CARRIERS.filter(
              // every second kind, the others at the next attack
              (_, index) => (isHuge ? index === 0 : (index + turn) % 2 === 0),
            )) {
              cutter.cut = CUTS[at++ % CUTS.length] ?? CUTS[0];
              const stanza = Device.element(write(inside, { component: server.component, callee: bob }, `m${at}`));
              if (!isIq) await mallory.send(stanza);
              else if (isPast) expect([name, kind, await asks(stanza)]).toEqual([name, kind, "policy-violation"]);
              else expect([name, kind, await asks(stanza)]).not.toEqual([name, kind, ""]);
            }
          return at;
        };

        // proves: C8, C9
        test("calls go on, each IQ is answered, and nothing grows", async () => {
          const whole = await calls("before");
          const before = rss(gateway.pid);
          let isOver = false;
          let called = 0;
          const attacking = attack().finally(() => {
            isOver = true;
          });
          const calling = async () => {
            while (!isOver) await calls(`call-${called++}`).then((each) => each.bye());
          };
          const [attacks] = await Promise.all([attacking, calling()]);
          await isSeen(mallory, server);
          const over = reaches(whole, SessionState.Terminated);
          await alice.say(bob, "session-terminate", "before", "<reason><success/></reason>");
          await over;
          expect(attacks).toBeGreaterThan(60);
          expect(called).toBeGreaterThan(10);
          expect(rss(gateway.pid) - before).toBeLessThan(MOST_MORE);
          for (const excess of ["too deep", "too large", "too many elements"]) {
            const logged = await hasLogged(gateway, `"reason":"stanza ${excess}"`);
            const lines = logged.split("\n").filter((line) => line.includes(`"reason":"stanza ${excess}"`));
            expect([excess, lines.length > 0 && lines.length < attacks / 4]).toEqual([excess, true]);
          }
          expect(gateway.log()).not.toContain('"xmpp.offline"');
        }, 120_000);
      },
    );
