/**
 * One user against the media relay of all, `[media] relay = "own"`, through real Prosody: an offer that no datagram holds, again and again, fails
 * itself, and the relay is there for others.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { changed } from "../support/changed.ts";
import type { Device } from "../support/device.ts";
import { answerOf, GuestWorld, OFFER } from "../support/guests.ts";
import { freePorts } from "../support/ports.ts";
import { COMPONENT, noProsody } from "../support/prosody.ts";
import { until } from "../support/until.ts";

const BOB = `bob@${COMPONENT}`;
/** 70 kB of parameters: less than a stanza may have, and more than a datagram holds. */
const HUGE = changed(
  OFFER,
  "clockrate='48000' channels='2'/>",
  `clockrate='48000' channels='2'><parameter name='x' value='${"y".repeat(70_000)}'/></payload-type>`,
);

describe.skipIf(noProsody !== undefined)(`the relay of all${noProsody ? ` (left out: ${noProsody})` : ""}`, () => {
  let world: GuestWorld;
  let juliet: Device;
  let mallory: Device;

  beforeAll(async () => {
    const { ng } = await freePorts("ng");
    world = await GuestWorld.start({
      users: ["juliet", "mallory"],
      sip: `media = "rtp"`,
      more: `[media]\nrelay = "own"\naddresses = ["127.0.0.1"]\nfirst_port = 46000\nlast_port = 46499\nng_port = ${ng}`,
    });
    [juliet, mallory] = [await world.device("juliet"), await world.device("mallory")];
    await until("a relay that is up", state, (said) => said === "up");
  }, 120_000);
  afterAll(() => world?.stop());

  const state = async (): Promise<string> => ((await (await world.gateway.health()).json()) as { relay: string }).relay;

  // proves: V24
  test("is there, whatever one user offers", async () => {
    for (let at = 0; at < 5; at++) {
      expect(await answerOf(mallory.say(BOB, "session-initiate", `m${at}`, HUGE))).toBe("result");
      await mallory.heard.next(({ action }) => action === "session-terminate", "the end");
      expect(await answerOf(juliet.say(BOB, "session-initiate", `j${at}`, OFFER))).toBe("result");
      await world.proxy.heard.next((text) => text.startsWith("INVITE") && text.includes(`Call-ID: j${at}`), "INVITE");
    }
    expect(await state()).toBe("up");
    const downs = (): string[] =>
      world.gateway
        .log()
        .split("\n")
        .filter((line) => line.includes('"relay.failed"'));
    await until("five failures in the log", downs, ({ length }) => length >= 5);
    expect(downs()).toHaveLength(5);
  });
});
