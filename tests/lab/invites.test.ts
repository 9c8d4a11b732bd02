/**
 * baresip and linphone, phones with WebRTC but without video and data channels, are sent every kind of INVITE that the gateway
 * writes (invites.ts): they answer each, take the sound, refuse the rest by port 0 (linphone data channels by 488), and end well.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { COMPONENT } from "../support/prosody.ts";
import { type Exchange, exchangesOf, sectionsOf } from "./exchanges.ts";
import { KINDS } from "./invites.ts";
import { Linphone } from "./linphone.ts";
import { type Scene, startScene } from "./scene.ts";
import { EJABBERD_TCP, inWorlds, PROSODY_UDP } from "./worlds.ts";

interface Phone {
  readonly name: string;
  /** Whether it answers data channels by 488: the gateway then offers the audio alone (docs/mapping.md M27). */
  readonly refusesData: boolean;
  /** Rings, and is answered. */
  answers(): Promise<void>;
  /** Its call is over, and it is there for the next. */
  isFree(): Promise<void>;
  stop(): Promise<void>;
}

async function baresip(scene: Scene): Promise<Phone> {
  const phone = await scene.phone("echo");
  return {
    name: phone.kind,
    refusesData: false,
    async answers() {
      await phone.event("CALL_INCOMING");
      await phone.command("accept");
    },
    async isFree() {
      await phone.event("CALL_CLOSED");
      expect(await phone.command("listcalls")).not.toContain("ESTABLISHED");
    },
    stop: async () => {},
  };
}

async function linphone(): Promise<Phone> {
  const phone = new Linphone();
  await phone.start();
  return {
    name: "linphone",
    refusesData: true,
    async answers() {
      await phone.inState("IncomingReceived");
      await phone.command("answer");
    },
    isFree: () => phone.inState(undefined),
    stop: () => phone.stop(),
  };
}

/**
 * COMPAT linphone 4: while its ICE runs it answers no re-INVITE but one that begins ICE anew, and nobody answers its checks here;
 * a browser holds it and takes it back in linphone.test.ts.
 */
const OF_LINPHONE = Object.keys(KINDS).filter((kind) => KINDS[kind]?.length === 1 || kind === "an ICE restart");
const PHONES = [
  ["baresip", baresip, Object.keys(KINDS)],
  ["linphone", linphone, OF_LINPHONE],
] as const;

inWorlds(
  "every kind of INVITE",
  (world) => {
    let scene: Scene;
    let juliet: Device;

    beforeAll(async () => {
      scene = await startScene(world);
      juliet = new Device(scene.server, "juliet", "device");
      await juliet.start();
    });
    afterAll(async () => {
      await juliet?.stop();
      await scene?.stop();
    });
    describe.each([...PHONES])("is taken by %s", (_, start, kinds) => {
      let phone: Phone;
      let sid: string;
      const says = (action: string, inside: string) => juliet.say(`${phone.name}@${COMPONENT}`, action, sid, inside);

      beforeAll(async () => {
        phone = await start(scene);
      });
      afterAll(() => phone?.stop());
      afterEach(async () => {
        await says("session-terminate", "<reason><success/></reason>");
        await phone.isFree();
        await scene.noCalls();
      });

      // proves: W31
      test.each([...kinds])("%s", async (kind) => {
        sid = `${phone.name}-${Object.keys(KINDS).indexOf(kind)}`;
        const exchange = async (at: number): Promise<Exchange> =>
          (await exchangesOf(scene.gateway, sid, at + 1))[at] ?? expect.unreachable();
        for (const [at, step] of (KINDS[kind] ?? []).entries()) {
          await says(...step.says);
          if (at === 0) await phone.answers();
          let { invite, response } = await exchange(at);
          for (const line of step.has) expect(invite).toContain(line);
          if (phone.refusesData && invite.includes("m=application")) {
            expect(response).toStartWith("SIP/2.0 488 ");
            ({ invite, response } = await exchange(at + 1));
            expect(sectionsOf(invite)).toEqual(["audio"]);
          }
          expect(response).toStartWith("SIP/2.0 200 ");
          expect(sectionsOf(response)).toEqual(sectionsOf(invite).map(taken));
        }
        await juliet.heard.next(({ action, jingle }) => action === "session-accept" && jingle.attrs.sid === sid);
      });
    });
  },
  [PROSODY_UDP, EJABBERD_TCP],
);

/** How a section of an offer is answered: they have sound alone. */
const taken = (section: string): string => (section === "audio" ? section : `${section.split(" ")[0]} refused`);
