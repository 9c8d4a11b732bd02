/** What holds for every SIP message of ours, whatever the call does: docs/mapping.md table A. */
import { describe, expect } from "bun:test";
import { GATEWAY, PROXY } from "../../replay/gateway.ts";
import { type PlayOptions, Stage } from "../support/play.ts";
import { onBothWires } from "../support/plays.ts";
import {
  AGREED,
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  JULIET_SAYS,
  REINVITED,
} from "./scenes.ts";

const JULIET_CALLS_AND_HOLDS =
  JULIET_CALLS +
  BOB_RINGS +
  BOB_ANSWERS +
  JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>") +
  REINVITED(2, "") +
  AGREED(2, "recvonly") +
  JULIET_HANGS_UP("bob@sip.example.org", "s1", "sip:bob@192.0.2.2:5060");
const CAROL_IS_HUNG_UP =
  CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS + JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060");

/** All that the gateway says to the phone in a play. */
async function said(wires: PlayOptions, script: string): Promise<string[]> {
  const stage = new Stage(wires);
  await stage.open(["juliet"]);
  await stage.play(script);
  await stage.close();
  const ours = stage.wire.datagrams.filter(({ to }) => to.host === PROXY.host);
  return ours.map(({ bytes }) => new TextDecoder().decode(bytes));
}
const requests = (messages: readonly string[]): string[] => messages.filter((text) => !text.startsWith("SIP/2.0 "));
const fieldsOf = (name: string, messages: readonly string[]): Set<string | undefined> =>
  new Set(messages.map((text) => new RegExp(`^${name}: ([^\\r;]*)`, "m").exec(text)?.[1]));

describe.each([
  ["a call of juliet's", JULIET_CALLS_AND_HOLDS, '"juliet" <sip:juliet@example.org>', "<sip:bob@sip.example.org>"],
  ["a call to juliet", CAROL_IS_HUNG_UP, "<sip:juliet@example.org>", '"Carol" <sip:carol@pbx.example.net>'],
])("in %s", (_, script, us, them) => {
  // proves: A10
  onBothWires("no resource travels in a SIP header", async (wires) => {
    const messages = await said(wires, script);
    expect(messages.length).toBeGreaterThan(2);
    expect(messages.filter((text) => text.includes("balcony"))).toEqual([]);
  });

  // proves: A11
  onBothWires("the Via of every request has local_host", async (wires) => {
    const vias = fieldsOf("Via", requests(await said(wires, script)));
    expect([...vias]).toEqual([`SIP/2.0/UDP ${GATEWAY.host}:${GATEWAY.port}`]);
  });

  // proves: A12
  onBothWires("From of every request is who acts, To the other", async (wires) => {
    const messages = requests(await said(wires, script));
    expect([...fieldsOf("From", messages), ...fieldsOf("To", messages)]).toEqual([us, them]);
  });
});
