/**
 * baresip and linphone, phones with WebRTC but without video and data channels, are sent every kind of INVITE that the gateway
 * writes (invites.ts): they answer each, take the sound, refuse the rest by port 0 (linphone data channels by 488), and end well.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Element } from "@xmpp/xml";
import { readJingle } from "../../protocol/jingle/jingle.ts";
import type { Media } from "../../protocol/media/media.ts";
import { Device } from "../support/device.ts";
import { COMPONENT } from "../support/prosody.ts";
import { jingleOf } from "../support/vectors.ts";
import { type Exchange, exchangesOf, sectionsOf } from "./exchanges.ts";
import { KINDS, type Step } from "./invites.ts";
import { GATEWAY } from "./lab.ts";
import { Linphone } from "./linphone.ts";
import { Nominator } from "./nominator.ts";
import { type Scene, startScene } from "./scene.ts";
import { EJABBERD_TCP, inWorlds, PROSODY_UDP } from "./worlds.ts";

interface Phone {
  readonly name: string;
  /** Whether it answers a call with data channels by 488: the gateway then offers the audio alone (docs/mapping.md M27). */
  readonly refusesData: boolean;
  /** COMPAT linphone 4: while its ICE runs it answers no re-INVITE but one that begins ICE anew, so somebody must nominate. */
  readonly waitsForIce: boolean;
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
    waitsForIce: false,
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
    waitsForIce: true,
    async answers() {
      await phone.inState("IncomingReceived");
      await phone.command("answer");
    },
    isFree: () => phone.inState(undefined),
    stop: () => phone.stop(),
  };
}

const PHONES = [
  ["baresip", baresip],
  ["linphone", linphone],
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
    describe.each([...PHONES])("is taken by %s", (_, start) => {
      let phone: Phone;
      let agent: Nominator;
      let sid: string;
      const says = (action: string, inside: string) => juliet.say(`${phone.name}@${COMPONENT}`, action, sid, inside);

      const hears = async (wanted: string): Promise<Element> => {
        const isIt = ({ action, jingle }: { action: string; jingle: Element }): boolean =>
          action === wanted && jingle.attrs.sid === sid;
        return (await juliet.heard.next(isIt, wanted)).jingle;
      };

      beforeAll(async () => {
        phone = await start(scene);
        agent = await Nominator.open(GATEWAY);
      });
      afterAll(async () => {
        agent?.close();
        await phone?.stop();
      });
      afterEach(async () => {
        await says("session-terminate", "<reason><success/></reason>");
        await phone.isFree();
        await scene.noCalls();
      });

      const exchange = async (at: number): Promise<Exchange> =>
        (await exchangesOf(scene.gateway, sid, at + 1))[at] ?? expect.unreachable();

      /** Offers it to the phone, which takes the sound of it. */
      async function offers({ says: [action, inside], has }: Step, at: number): Promise<void> {
        await says(action, agent.at(inside));
        if (at === 0) await phone.answers();
        let { invite, response } = await exchange(at);
        for (const line of has) expect(invite).toContain(line);
        if (at === 0 && phone.refusesData && invite.includes("m=application")) {
          expect(response).toStartWith("SIP/2.0 488 ");
          ({ invite, response } = await exchange(at + 1));
          expect(sectionsOf(invite)).toEqual(["audio"]);
        }
        expect(response).toStartWith("SIP/2.0 200 ");
        expect(sectionsOf(response)).toEqual(sectionsOf(invite).map(taken));
      }

      // proves: W31
      test.each(Object.entries(KINDS))("%s", async (kind, [first, ...later]) => {
        sid = `${phone.name}-${Object.keys(KINDS).indexOf(kind)}`;
        if (first === undefined) return expect.unreachable();
        await offers(first, 0);
        const answer = readJingle(await hears("session-accept"), "answer");
        if (phone.waitsForIce && later.length > 0) await agent.nominate(offerOf(agent.at(first.says[1])), answer);
        for (const [at, step] of later.entries()) await offers(step, at + 1);
      });
    });
  },
  [PROSODY_UDP, EJABBERD_TCP],
);

/** How a section of an offer is answered: they have sound alone. */
const taken = (section: string): string => (section === "audio" ? section : `${section.split(" ")[0]} refused`);

const offerOf = (inside: string): Media => readJingle(jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'>${inside}</jingle>`));
