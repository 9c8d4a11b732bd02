/**
 * A play that a journal writes names nobody, and passes. That every play of tests/calls does so when it was recorded is tested where
 * they are (tests/support/plays.ts).
 */
import { describe, expect, test } from "bun:test";
import type { Entry } from "../../journal/entries.ts";
import { playOf } from "../../journal/play.ts";
import type { CallRow } from "../../journal/view.ts";
import {
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  PHONE_HANGS_UP,
} from "../calls/scenes.ts";
import { crlf } from "../support/changed.ts";
import { play } from "../support/play.ts";
import { journalOf } from "../support/recorded.ts";

/** People and places of plays, and others in their place, which are somebody's. */
const SOMEBODY: readonly (readonly [string, string])[] = [
  ["sip.example.org", "phones.acme-corp.test"],
  ["pbx.example.net", "trunk.carrier.test"],
  ["example.org", "acme-corp.test"],
  ["192.0.2.1", "10.20.30.40"],
  ["192.0.2.2", "10.20.30.50"],
  ["203.0.113.9", "172.16.99.88"],
  ["198.51.100.7", "100.64.7.77"],
  ["juliet", "alice"],
  ["Carol", "Doctor Mayer"],
  ["carol", "mayer"],
  ["bob", "+4930555666"],
  ["balcony", "alices-laptop"],
  ["uA", "alic"],
  ["pA34567890123456789012", "alicesveryownpassword0"],
  ["uB", "maye"],
  ["AB:AB", "DE:AD"],
  ["tag=carol1", "tag=mayerstag"],
];
const named = (text: string): string => SOMEBODY.reduce((all, [from, to]) => all.split(from).join(to), text);

/** An entry as it is where somebody else lives. */
function elsewhere(entry: Entry): Entry {
  if (entry.kind !== "wire") return entry;
  const text = named(new TextDecoder().decode(entry.bytes));
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const lines = head.split("\r\n").filter((line) => !line.startsWith("Content-Length"));
  const sip = crlf([...lines, `Content-Length: ${body.length}`, "", body].join("\n"));
  const whole = entry.wire === "xmpp" ? text : sip;
  return { ...entry, host: named(entry.host), bytes: new TextEncoder().encode(whole) };
}

/** The play of a call that somebody else has had. */
async function playElsewhere(script: string): Promise<string> {
  const { journal, setting } = await journalOf(script, {});
  const [row] = journal.calls({}, 1).calls;
  const entries = journal.entries(row?.id ?? "") ?? [];
  const there = JSON.parse(named(JSON.stringify({ row, setting }))) as { row: CallRow; setting: typeof setting };
  return playOf(there.row, entries.map(elsewhere), there.setting);
}

const CALLS: readonly (readonly [string, string])[] = [
  ["to a phone", JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP],
  ["from a phone", CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS + PHONE_HANGS_UP],
];

describe("a call that somebody has had, written as a play", () => {
  test.each(CALLS)("%s, names nobody and nothing of them", async (_, script) => {
    const written = await playElsewhere(script);
    expect(written).toContain("INVITE sip:");
    const told = SOMEBODY.map(([, theirs]) => theirs).filter((theirs) => written.includes(theirs));
    expect(told).toEqual([]);
  });

  test.each(CALLS)("%s, passes", async (_, script) => {
    await play(await playElsewhere(script));
  });
});

test("the same has the same other name on both wires", async () => {
  const written = await playElsewhere(CALLS[0]?.[1] ?? "");
  const [, pwd] = /pwd="([^"]+)"/.exec(written) ?? [];
  const [, fingerprint] = /<fingerprint[^>]*>([^<]+)/.exec(written) ?? [];
  expect(written).toContain(`a=ice-pwd:${pwd}`);
  expect(written).toContain(`a=fingerprint:sha-256 ${fingerprint}`);
});
