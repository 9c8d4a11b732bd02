/** Which caller gets which item of a roster; rosters (RFC 6121 §2) and what a server grants (XEP-0356 §4.2), read and written. */
import { describe, expect, test } from "bun:test";
import { parse } from "ltx/lib/ltx.js";
import { callerItem, canBeNamed, MOST_CALLERS } from "../../../protocol/xmpp/callers.ts";
import { type RosterAccess, rosterAccess } from "../../../protocol/xmpp/privilege.ts";
import { type RosterItem, readRoster, rosterQuery, writeItem } from "../../../protocol/xmpp/roster.ts";

const CAROL = "+4930111@sip.example.org";
const GROUP = "Callers";

describe("a message of the server", () => {
  const says = (inside: string, version = 2): string =>
    `<message from='example.org'><privilege xmlns='urn:xmpp:privilege:${version}'>${inside}</privilege></message>`;

  test.each<[string, string, RosterAccess | undefined]>([
    ["both", says("<perm access='roster' type='both'/>"), "both"],
    ["both, with pushes", says("<perm access='roster' push='false' type='both'/>"), "both"],
    ["both, in the version before", says("<perm access='roster' type='both'/>", 1), "both"],
    [
      "both, among others (ejabberd)",
      says("<perm access='message' type='none'/><perm access='roster' type='both'/>"),
      "both",
    ],
    ["get", says("<perm access='roster' type='get'/>"), "get"],
    ["set", says("<perm access='roster' type='set'/>"), "set"],
    ["none", says("<perm access='roster' type='none'/>"), "none"],
    ["a type that is none", says("<perm access='roster' type='toString'/>"), "none"],
    ["no type", says("<perm access='roster'/>"), "none"],
    ["something else", says("<perm access='message' type='outgoing'/>"), "none"],
    ["nothing", says(""), undefined],
    ["what another sends in its name", says("<forwarded xmlns='urn:xmpp:forward:0'/>"), undefined],
    ["by another namespace", says("<perm access='roster' type='both'/>", 3), undefined],
    ["by an element of another namespace", says("<perm xmlns='x' access='roster' type='both'/>"), undefined],
    ["by a text", "<message><body>privilege</body></message>", undefined],
  ])("grants %s", (_, message, access) => {
    expect(rosterAccess(parse(message))).toBe(access);
  });
});

describe("a roster", () => {
  const roster = (items: string): string => `<query xmlns='jabber:iq:roster' ver='7'>${items}</query>`;

  test.each([
    ["no item", roster(""), []],
    [
      "an item",
      roster(`<item jid='${CAROL}' name='Carol' subscription='none'/>`),
      [{ jid: CAROL, name: "Carol", groups: [] }],
    ],
    ["one without a name", roster("<item jid='a@b' subscription='both'/>"), [{ jid: "a@b", name: "", groups: [] }]],
    [
      "one in groups",
      roster("<item jid='a@b' name='A'><group>Callers</group><group>Friends</group></item>"),
      [{ jid: "a@b", name: "A", groups: ["Callers", "Friends"] }],
    ],
    ["one in capitals, with a resource", roster("<item jid='A@B/c'/>"), [{ jid: "a@b", name: "", groups: [] }]],
    ["one without an address, and one whose address is none", roster("<item/><item jid='a@b@c'/>"), []],
    ["an element that is no item", roster("<x jid='a@b'/><item xmlns='x' jid='a@b'/>"), []],
    ["another payload", "<query xmlns='jabber:iq:private'/>", undefined],
  ])("with %s is read", (_, text, items) => {
    expect(readRoster(parse(text))).toEqual(items);
  });

  test("that does not come is none", () => {
    expect(readRoster(undefined)).toBeUndefined();
  });

  test("is asked for without a version, so that it comes whole", () => {
    expect(String(rosterQuery())).toBe('<query xmlns="jabber:iq:roster"/>');
  });

  test("gets an item without a subscription, its text escaped", () => {
    const written = String(writeItem({ jid: CAROL, name: 'Carol "<b>"', groups: ["A & B", "C"] }));
    expect(written).not.toContain("subscription");
    expect(readRoster(parse(written))).toEqual([{ jid: CAROL, name: 'Carol "<b>"', groups: ["A & B", "C"] }]);
  });
});

describe("a caller", () => {
  test.each([
    [CAROL, "Carol", true],
    ["+4930111@sip.example.org/sip", "Carol", true],
    ["carol\\40pbx.example@sip.example.org/sip", "Карл", true],
    [CAROL, "", false],
    [CAROL, "+49 30 111", false],
    [CAROL, "…", false],
    ["anonymous@sip.example.org/sip", "Anonymous", false],
    ["carol@example.org", "Carol", false],
    ["sip.example.org", "Carol", false],
    ["кароль@sip.example.org", "Carol", false],
    ["no jid@", "Carol", false],
  ])("%s with the name %j: may be added is %p", (jid, name, may) => {
    expect(canBeNamed({ jid, name }, "sip.example.org")).toBe(may);
  });

  const item = (name: string, groups: readonly string[] = [GROUP], jid = CAROL): RosterItem => ({ jid, name, groups });
  const callers = (count: number): RosterItem[] =>
    Array.from({ length: count }, (_, index) => item("X", [GROUP], `${index}@sip.example.org`));

  // proves: K37
  test.each<[string, RosterItem[], string | undefined, RosterItem | "full" | undefined]>([
    ["an empty roster: added", [], undefined, item("Carol")],
    ["others alone: added", [item("Romeo", [], "romeo@example.org")], undefined, item("Carol")],
    ["an item of the user's: it stays", [item("My Carol", [])], undefined, undefined],
    ["an item of the user's without a name: it stays", [item("", ["Friends"])], undefined, undefined],
    ["an item of the user's with the name we gave: it stays", [item("Old", ["Friends"])], "Old", undefined],
    ["our item: it stays", [item("Carol")], "Carol", undefined],
    ["our item with the name before: renamed", [item("Old")], "Old", item("Carol")],
    [
      "our item, in a further group of the user's: renamed",
      [item("Old", ["A", GROUP])],
      "Old",
      item("Carol", ["A", GROUP]),
    ],
    ["our item with a name of the user's: it stays", [item("Mum")], "Old", undefined],
    ["an item of an earlier gateway with another name: it stays", [item("Old")], undefined, undefined],
    ["room for one", callers(MOST_CALLERS - 1), undefined, item("Carol")],
    ["no room", callers(MOST_CALLERS), undefined, "full"],
    ["no room, and our item: renamed", [...callers(MOST_CALLERS - 1), item("Old")], "Old", item("Carol")],
  ])("meets %s", (_, roster, given, written) => {
    expect(callerItem(roster, { jid: CAROL, name: "Carol" }, { group: GROUP, given })).toEqual(written);
  });
});
