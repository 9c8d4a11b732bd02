/** Making calls: one that cannot be made leaves nothing behind. */
import { expect, test } from "bun:test";
import { CallMaker } from "../../../actors/calls/maker.ts";
import type { CallsNeeds } from "../../../actors/calls/needs.ts";
import { Registry } from "../../../actors/calls/registry.ts";
import { Load } from "../../../actors/load.ts";
import { InvitesAwaiting } from "../../../actors/phone/awaiting.ts";
import type { SipSide } from "../../../actors/phone/phone.ts";
import { Outbox } from "../../../actors/xmpp/outbox.ts";
import { Journal } from "../../../journal/journal.ts";
import { Refusal } from "../../../protocol/refusal.ts";
import { createClock } from "../../../replay/clock.ts";
import { gatewayConfig } from "../../../replay/gateway.ts";
import { OFFER } from "../../support/chart.ts";

const PHONE = "+4930123@sip.example.org";
const side = { sid: "c1", us: PHONE, them: "juliet@example.org", initiator: PHONE };
const beginning = {
  offer: OFFER,
  devices: [],
  isOnline: true,
  peerTrickles: false,
  relayed: false,
  relayIfRefused: false,
  messages: "none",
} as const;
const names = { callId: "c1", localTag: "t1", contactUser: "juliet" };

/** A maker that is watched by a journal, and whose calls are never started. */
function makeMaker() {
  const clock = createClock();
  const journal = new Journal({ now: () => clock.now(), budget: 1_000_000 });
  const registry = new Registry(() => 10);
  const log = (): void => {};
  const sip = { port: 5600 } as ReturnType<CallsNeeds["sip"]>;
  const needs: Partial<CallsNeeds> = {
    ...{ config: gatewayConfig().calls, clock, log, load: new Load(clock), watch: journal, random: () => "r1" },
    ...{ sip: () => sip, xmpp: () => ({}) as ReturnType<CallsNeeds["xmpp"]> },
  };
  const by = { registry, awaiting: new InvitesAwaiting(), outbox: new Outbox(log), saver: undefined };
  return { maker: new CallMaker(needs as CallsNeeds, by), registry, journal };
}

test("an INVITE that makes no dialog leaves no call, and no journal of one", () => {
  const { maker, registry, journal } = makeMaker();
  const noDialog = (): SipSide => {
    throw new Refusal("no dialog", { status: 400 });
  };
  expect(() => maker.create({ direction: "incoming", ...beginning }, side, names, noDialog)).toThrow("no dialog");
  expect([registry.size, journal.calls({}, 10).live]).toEqual([0, 0]);
  maker.create({ direction: "incoming", ...beginning }, side, names, () => ({}) as SipSide);
  expect([registry.size, journal.calls({}, 10).live]).toEqual([1, 1]);
});
