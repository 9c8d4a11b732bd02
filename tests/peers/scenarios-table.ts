/**
 * The predecessor's nineteen scenarios (jingle_SUITE), by name. Devices are real clients, servers real servers; the SIP
 * proxy is tests/support/b2bua.ts, which calls back with another Call-ID, so that the two users have different sids.
 *
 * Where the gateway differs from the predecessor on purpose the scenario says so.
 */
import { expect } from "bun:test";
import type { Element } from "@xmpp/xml";
import type { Device } from "../support/device.ts";
import { ACCEPT, OFFER, reason, SOURCES } from "./scenarios-texts.ts";
import { hears, hearsEnd, type Side, sipErrorIn, type World } from "./scenarios-world.ts";

/** Plays a scenario; the sid is one that no other has. */
export type Scenario = readonly [name: string, play: (world: World, sid: string) => Promise<void>];

const GROUPING = "urn:xmpp:jingle:apps:grouping:0";
const RINGING = "urn:xmpp:jingle:apps:rtp:info:1";
const ERRORS = "urn:xmpp:jingle:errors:1";
const NUMBERS = "numbers.test";

const bare = (device: Device): string => device.jid.replace(/\/.*/, "");

/** Every content can be reached, and several are grouped. */
function isComplete(jingle: Element): void {
  const contents = jingle.getChildren("content");
  expect(contents.length, "contents").toBeGreaterThan(0);
  for (const content of contents)
    expect(content.getChild("transport")?.getChildren("candidate").length, "candidates").toBeGreaterThan(0);
  if (contents.length > 1) expect(jingle.getChild("group", GROUPING), "group").toBeDefined();
}

/** Alice calls Bob, it rings, and Bob is asked. */
async function initiated(world: World, sid: string, side: Side = world.near) {
  const [alice, bob] = [await world.device("alice/phone"), await world.device("bob/desk", side)];
  await alice.say(bob.jid, "session-initiate", sid, OFFER); // settles with the result
  const info = await hears(alice, "session-info", sid);
  expect(info.jingle.getChild("ringing", RINGING)).toBeDefined();
  const asked = await hears(bob, "session-initiate");
  const bobs = String(asked.jingle.attrs.sid);
  expect(bobs).not.toBe(sid);
  expect(asked.from).toBe(bare(alice));
  isComplete(asked.jingle);
  return { alice, bob, caller: asked.from, bobs };
}

/** ... and Bob has accepted. */
async function established(world: World, sid: string, side?: Side) {
  const call = await initiated(world, sid, side);
  await call.bob.say(call.caller, "session-accept", call.bobs, ACCEPT);
  const accepted = await hears(call.alice, "session-accept", sid);
  expect(accepted.from).toBe(call.bob.jid);
  isComplete(accepted.jingle);
  return call;
}

async function endedByReceiver(world: World, sid: string, side?: Side): Promise<void> {
  const { alice, bob, caller, bobs } = await established(world, sid, side);
  await bob.say(caller, "session-terminate", bobs, reason("success"));
  expect(await hearsEnd(alice, sid)).toBe("success");
}

async function rejected(world: World, sid: string, side?: Side): Promise<void> {
  const { alice, bob, caller, bobs } = await initiated(world, sid, side);
  await bob.say(caller, "session-terminate", bobs, reason("decline"));
  expect(await hearsEnd(alice, sid)).toBe("decline");
}

/** Calls a number of the proxy's, which answers. */
async function answeredByNumber(world: World, sid: string, number: string): Promise<Device> {
  const alice = await world.device("alice/phone");
  await alice.say(`${number}@${NUMBERS}`, "session-initiate", sid, OFFER);
  const info = await hears(alice, "session-info", sid);
  expect(info.jingle.getChild("ringing", RINGING)).toBeDefined();
  isComplete((await hears(alice, "session-accept", sid)).jingle);
  return alice;
}

/** A stranger has nothing to say in a call: the two cases, not there and not yours, look the same from outside. */
async function isRefused(world: World, sid: string, action: string, inside: string): Promise<void> {
  const { alice, bob, caller, bobs } = await initiated(world, sid);
  const mallory = await world.device("mallory/lair");
  for (const [to, theirs] of [
    [caller, bobs],
    [bob.jid, sid],
  ] as const) {
    const error = await mallory.say(to, action, theirs, inside).then(() => undefined, refusalOf);
    expect(error).toEqual(["cancel", "item-not-found", "unknown-session"]);
  }
  await alice.say(bob.jid, "session-terminate", sid, reason("cancel"));
  await hears(bob, "session-terminate", bobs);
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error && "element" in error)) throw error;
  const element = error.element as Element;
  const names = element.getChildElements().map((child) => child.getName());
  return [element.attrs.type, names[0], element.getChild("unknown-session", ERRORS)?.getName()];
}

/** In a call, Alice's sources change, and Bob hears of it by his sid. */
async function changesSources(world: World, sid: string, action: string): Promise<void> {
  const { alice, bob, bobs } = await established(world, sid);
  await alice.say(bob.jid, action, sid, SOURCES);
  const { jingle } = await hears(bob, action, bobs);
  const sources = jingle.getChild("content")?.getChild("description")?.getChildren("source") ?? [];
  expect(sources.map(({ attrs }) => attrs.ssrc)).toEqual(["1002"]);
}

export const SCENARIOS: readonly Scenario[] = [
  // proves: L2
  ["a session is established for full JIDs", async (world, sid) => void (await established(world, sid))],
  // proves: L3
  [
    "a session is established with a user of another server",
    async (world, sid) => void (await established(world, sid, world.far)),
  ],
  // proves: L4
  [
    "a 4xx from the proxy ends the session with general-error",
    async (world, sid) => {
      const alice = await world.device("alice/phone");
      await alice.say(`error.480@${NUMBERS}`, "session-initiate", sid, OFFER);
      const { jingle } = await alice.heard.next();
      expect([jingle.attrs.action, jingle.attrs.sid]).toEqual(["session-terminate", sid]);
      expect(jingle.getChild("reason")?.getChild("general-error")).toBeDefined();
      expect(sipErrorIn(jingle)).toBe("480");
    },
  ],
  // proves: L5
  [
    "a number is called",
    async (world, sid) => {
      const alice = await answeredByNumber(world, sid, "+488790");
      await alice.say(`+488790@${NUMBERS}`, "session-terminate", sid, reason("success"));
    },
  ],
  // proves: L6
  [
    "the initiator ends an established session",
    async (world, sid) => {
      const { alice, bob, bobs } = await established(world, sid);
      await alice.say(bob.jid, "session-terminate", sid, reason("success"));
      expect(await hearsEnd(bob, bobs)).toBe("success");
    },
  ],
  // proves: L7
  ["the receiver ends an established session", (world, sid) => endedByReceiver(world, sid)],
  // proves: L8
  [
    "the receiver, of another server, ends an established session",
    (world, sid) => endedByReceiver(world, sid, world.far),
  ],
  // proves: L9
  [
    "the initiator cancels: the receiver hears decline",
    async (world, sid) => {
      const { alice, bob, bobs } = await initiated(world, sid);
      await alice.say(bob.jid, "session-terminate", sid, reason("decline"));
      expect(await hearsEnd(bob, bobs)).toBe("decline");
    },
  ],
  // proves: L10
  ["the receiver rejects", (world, sid) => rejected(world, sid)],
  // proves: L11
  ["the receiver, of another server, rejects", (world, sid) => rejected(world, sid, world.far)],
  // proves: L12
  [
    "a conference room is called, and says by a re-INVITE what is transport-info here",
    async (world, sid) => {
      const alice = await answeredByNumber(world, sid, "*901");
      await hears(alice, "transport-info", sid);
    },
  ],
  // proves: L13
  [
    // the predecessor said cancel in the accepting device's name; here it comes from the caller, whose call the device
    // knows. The caller hears of it from the JID that it has called, whichever device accepts.
    "when one device accepts, the other is told",
    async (world, sid) => {
      const [alice, bob] = [await world.device("alice/phone"), await world.device("bob/desk")];
      const tablet = await world.device("bob/tablet");
      await alice.say(bob.jid, "session-initiate", sid, OFFER);
      const { from, jingle } = await hears(bob, "session-initiate");
      const bobs = String(jingle.attrs.sid);
      await hears(tablet, "session-initiate", bobs);
      await tablet.say(from, "session-accept", bobs, ACCEPT);
      const told = await hears(bob, "session-terminate", bobs);
      expect(told.jingle.getChild("reason")?.getChild("cancel")).toBeDefined();
      expect(told.from).toBe(bare(alice));
      expect((await hears(alice, "session-accept", sid)).from).toBe(bob.jid);
    },
  ],
  // proves: L14
  [
    "a session-initiate is sent again to a device that asks for it",
    async (world, sid) => {
      const { alice, bobs } = await initiated(world, sid);
      const tablet = await world.device("bob/tablet");
      await tablet.say(bare(tablet), "existing-session-initiate", bobs, "", "get");
      const again = await hears(tablet, "session-initiate", bobs);
      expect(again.from).toBe(bare(alice));
      isComplete(again.jingle);
    },
  ],
  // proves: L15
  [
    "an invitee who is offline: 480, decided before the SDP is looked at",
    async (world) => {
      const { domain } = world.near.server;
      expect(await world.proxy.invite(`sip:carol@${domain}`, world.near.gateway.sipPort)).toBe(480);
    },
  ],
  // proves: L16
  ["a stranger who accepts is refused", (world, sid) => isRefused(world, sid, "session-accept", ACCEPT)],
  // proves: L17
  ["a stranger who ends is refused", (world, sid) => isRefused(world, sid, "session-terminate", reason("decline"))],
  // proves: L18
  ["source-remove comes to the other side", (world, sid) => changesSources(world, sid, "source-remove")],
  // proves: L19
  ["source-add comes to the other side", (world, sid) => changesSources(world, sid, "source-add")],
  // proves: L20
  ["source-update comes to the other side", (world, sid) => changesSources(world, sid, "source-update")],
];
