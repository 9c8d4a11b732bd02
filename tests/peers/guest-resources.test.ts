/**
 * Presence from more senders than there may be, by real Prosody: twenty thousand resources of one user, which come and go, her probes and
 * subscriptions without end, and the same from strangers of another domain. The gateway's memory stays, strangers hear nothing, and juliet talks.
 *
 * Prosody routes the addresses of a component with `validate_from_addresses = false` as they are: so one connection is all of mallory's devices.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Component } from "../support/component.ts";
import { Device } from "../support/device.ts";
import { GATEWAY, GuestWorld, OFFER_SDP } from "../support/guests.ts";
import { residentMegabytes } from "../support/memory.ts";
import { COMPONENT, DOMAIN, noProsody } from "../support/prosody.ts";
import { until } from "../support/until.ts";

/** In batches, each of which ends with a question that is answered. */
const RESOURCES = 20_000;
const BATCH = 1_000;
const WARM = 4_000;
/** A user's subscriptions in a minute that are answered. */
const SUBSCRIPTIONS = 60;
const MOST_GROWN = 40;
const PING = "<ping xmlns='urn:xmpp:ping'/>";
const OVER = "<reason><success/></reason>";
const caps = (at: number): string =>
  `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n' ver='v${at}'/>`;

describe.skipIf(noProsody !== undefined)(`presence of all${noProsody ? ` (left out: ${noProsody})` : ""}`, () => {
  let world: GuestWorld;
  let juliet: Device;
  let mallory: Component;
  let strangers: Component;
  let calls = 0;

  beforeAll(async () => {
    world = await GuestWorld.start({ users: ["juliet", "mallory"], calls: "per_user = 0\nper_minute = 0" });
    juliet = await world.device("juliet");
    mallory = await Component.start(world.server, `loose.${DOMAIN}`);
    strangers = await Component.start(world.server, `other.${DOMAIN}`);
  }, 120_000);
  afterAll(async () => {
    mallory?.stop();
    strangers?.stop();
    await world?.stop();
  });

  const talks = async (): Promise<void> => {
    const sid = `s${calls++}`;
    await world.talk(juliet, sid);
    await juliet.say(`bob@${COMPONENT}`, "session-terminate", sid, OVER);
    const bye = await world.proxy.heard.next((text) => text.startsWith("BYE") && text.includes(sid), `BYE of ${sid}`);
    world.proxy.replies(bye, "200 OK");
  };
  /** Sends so many stanzas by a component, and waits until the gateway has taken them. */
  const floods = async (by: Component, domain: string, count: number, stanza: (at: number) => string) => {
    for (let sent = 0; sent < count; ) {
      for (const end = Math.min(count, sent + BATCH); sent < end; sent++) by.send(stanza(sent));
      await by.ask(COMPONENT, `asks@${domain}/a`, PING);
    }
  };
  const asMallory = (count: number, stanza: (at: number) => string) =>
    floods(mallory, `loose.${DOMAIN}`, count, stanza);
  const asStrangers = (count: number, stanza: (at: number) => string) =>
    floods(strangers, `other.${DOMAIN}`, count, stanza);
  const resource = (at: number): string => `mallory@${DOMAIN}/r${at}`;
  const comes = (at: number): string =>
    `<presence from='${resource(at)}' to='${COMPONENT}'><status>${"x".repeat(at % 200)}</status>${caps(at)}</presence>`;
  const goes = (at: number): string => `<presence type='unavailable' from='${resource(at)}' to='${COMPONENT}'/>`;
  const grownBy = async (flood: () => Promise<void>): Promise<number> => {
    const before = residentMegabytes(world.gateway.pid);
    await Promise.all([flood(), talks()]);
    await talks();
    return residentMegabytes(world.gateway.pid) - before;
  };

  // proves: H6, H8
  test("twenty thousand devices of a user come and go: memory stays, and the one that comes then rings", async () => {
    await asMallory(WARM, comes);
    await asMallory(WARM, goes);
    expect(await grownBy(() => asMallory(RESOURCES, comes))).toBeLessThan(MOST_GROWN);
    expect(await grownBy(() => asMallory(RESOURCES, goes))).toBeLessThan(MOST_GROWN);
    const device = new Device(world.server, "mallory", "real");
    await device.start();
    world.proxy.says(
      `INVITE sip:mallory@${GATEWAY}:${world.gateway.sipPort} SIP/2.0\nFrom: <sip:bob@b>;tag=m\nTo: <sip:mallory@${DOMAIN}>\nCall-ID: m\n${world.proxy.contact}\n${OFFER_SDP}`,
    );
    await device.heard.next(({ action }) => action === "session-initiate", "the ring of the one that has come");
    await device.stop();
  }, 240_000);

  // proves: H8, H10
  test("probes and subscriptions without end: memory stays, and a minute has sixty subscriptions", async () => {
    const probes = (at: number): string => `<presence type='probe' from='${resource(at)}' to='b${at}@${COMPONENT}'/>`;
    const subscribes = (at: number): string =>
      `<presence type='${at % 2 === 0 ? "subscribe" : "unsubscribe"}' from='mallory@${DOMAIN}' to='b${at}@${COMPONENT}'/>`;
    await asMallory(WARM, probes);
    expect(await grownBy(() => asMallory(RESOURCES, probes))).toBeLessThan(MOST_GROWN);
    const begun = Date.now();
    expect(await grownBy(() => asMallory(WARM, subscribes))).toBeLessThan(MOST_GROWN);
    const minutes = Math.ceil((Date.now() - begun) / 60_000) + 1;
    const refused = /"one subscription of a user too many","count":(\d+)/g;
    const counted = async (): Promise<number> =>
      [...world.gateway.log().matchAll(refused)].reduce((sum, [, count]) => sum + Number(count), 0);
    // a reason is logged once in ten seconds
    await until(
      "those that are too many",
      async () => {
        mallory.send(subscribes(0));
        return await counted();
      },
      (count) => count >= WARM / 2 - SUBSCRIPTIONS * minutes,
    );
  }, 240_000);

  // proves: H8
  test("strangers hear nothing, whatever they say of presence, and take no memory", async () => {
    const types = ["", "type='unavailable'", "type='probe'", "type='subscribe'", "type='unsubscribe'", "type='error'"];
    const stanza = (at: number): string =>
      `<presence ${types[at % types.length]} from='m${at}@other.${DOMAIN}/r${at}' to='b${at % 50}@${COMPONENT}'>${caps(at)}</presence>`;
    await asStrangers(WARM, stanza);
    expect(await grownBy(() => asStrangers(2 * RESOURCES, stanza))).toBeLessThan(MOST_GROWN);
    expect(strangers.heard.rest().filter((heard) => heard.is("presence"))).toEqual([]);
  }, 240_000);
});
