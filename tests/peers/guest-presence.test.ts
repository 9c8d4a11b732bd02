/**
 * One user's presence against all, by real Prosody, which has the gateway as component: a hundred thousand changes, more devices than there may be,
 * and these given back. The gateway's memory stays, and juliet is called meanwhile.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { GATEWAY, GuestWorld, OFFER_SDP } from "../support/guests.ts";
import { residentMegabytes } from "../support/memory.ts";
import { COMPONENT, DOMAIN, noProsody } from "../support/prosody.ts";
import { until } from "../support/until.ts";

/** Presences, in batches, each of which ends with a question that is answered. */
const PRESENCES = 100_000;
const BATCH = 2_000;
const WARM = 20_000;
/** One user's devices that the gateway knows. */
const DEVICES = 32;
const MOST_GROWN = 40;
const PINGED = () => Device.element("<ping xmlns='urn:xmpp:ping'/>");

describe.skipIf(noProsody !== undefined)(`presence without end${noProsody ? ` (left out: ${noProsody})` : ""}`, () => {
  let world: GuestWorld;
  let juliet: Device;
  let mallory: Device;

  beforeAll(async () => {
    world = await GuestWorld.start({ users: ["juliet", "mallory"] });
    [juliet, mallory] = [await world.device("juliet"), await world.device("mallory")];
  }, 120_000);
  afterAll(() => world?.stop());

  const ping = () => mallory.ask("get", COMPONENT, PINGED());
  const flaps = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += BATCH) {
      const all = Array.from({ length: BATCH }, (_, at) => {
        const caps = `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n' ver='v${sent + at}'/>`;
        const inside = `<priority>${at % 100}</priority><status>${"x".repeat(at % 200)}</status>${caps}`;
        return at % 2 === 0
          ? `<presence to='${COMPONENT}'>${inside}</presence>`
          : `<presence to='${COMPONENT}' type='unavailable'/>`;
      });
      await Promise.all(all.map((each) => mallory.send(Device.element(each))));
      await ping();
    }
  };

  // proves: H6, H8
  test("a hundred thousand changes of presence leave the memory as it is, and juliet is called", async () => {
    await flaps(WARM);
    const before = residentMegabytes(world.gateway.pid);
    await flaps(PRESENCES - WARM);
    expect(residentMegabytes(world.gateway.pid) - before).toBeLessThan(MOST_GROWN);
    await world.talk(juliet, "meanwhile");
  }, 240_000);

  /** How many of these devices ring when mallory is called. */
  const ringing = async (devices: readonly Device[], tag: string): Promise<number> => {
    const uri = `sip:mallory@${GATEWAY}:${world.gateway.sipPort}`;
    world.proxy.says(
      `INVITE ${uri} SIP/2.0\nFrom: <sip:bob@b>;tag=${tag}\nTo: <sip:mallory@${DOMAIN}>\nCall-ID: ${tag}\n${world.proxy.contact}\n${OFFER_SDP}`,
    );
    let rings = 0;
    for (const { heard } of devices)
      heard
        .next(({ action }) => action === "session-initiate")
        .then(
          () => rings++,
          () => {},
        );
    await until("a ring", () => rings, Boolean);
    // stanzas keep their order: who is asked after the calls has heard of them
    await Promise.all(devices.map((each) => each.ask("get", COMPONENT, PINGED())));
    return rings;
  };

  // proves: H8
  test("of forty devices the gateway calls thirty-two, and once these have left, the one that comes", async () => {
    await mallory.send(Device.element(`<presence to='${COMPONENT}' type='unavailable'/>`));
    const many = Array.from({ length: DEVICES + 8 }, (_, at) => new Device(world.server, "mallory", `d${at}`));
    for (const each of many) await each.start();
    expect(await ringing(many, "many")).toBe(DEVICES);
    for (const each of many) await each.stop();
    await mallory.send(Device.element(`<presence to='${COMPONENT}'/>`));
    await ping();
    expect(await ringing([mallory], "one")).toBe(1);
  }, 120_000);
});
