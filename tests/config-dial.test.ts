/** `[dial]`: what is read, and the one line that refuses rules that cannot be meant so. */
import { describe, expect, test } from "bun:test";
import { judge } from "../config/judge.ts";
import { GOOD, read, refusal } from "./support/config.ts";

const DIAL = (lines: string): string => `${GOOD}\n[dial]\ncountry = "49"\narea = "30"\n${lines}\n`;
const RULES = (rules: string): string => DIAL(`rules = [${rules}]`);

test("without [dial] there are no rules", () => {
  expect(read(GOOD).dial.rules).toBeUndefined();
});

// proves: A26
test("rules are read, their users in one notation", () => {
  const { dial } = read(
    RULES('{ to = "+49", who = ["EXAMPLE.org", "Alice@Example.ORG"], trunk = "proxy", write = "national" }'),
  );
  expect(dial).toEqual({
    ...{ country: "49", area: "30", international: "00", national: "0", hide: "#31#", emergency: ["112"] },
    ...{ callsPerUser: 2, callsPerHour: 30, longest: 7200 },
    rules: [{ to: "+49", who: ["example.org", "alice@example.org"], trunk: "proxy", write: "national" }],
  });
});

describe("is refused in one line:", () => {
  test.each([
    ["a section without rules", DIAL("longest = 60"), "[dial] rules is missing: without rules nobody may call"],
    [
      "a trunk that there is not",
      RULES('{ to = "+49", trunk = "fritz" }'),
      '[dial] rules contains { to = "+49", trunk = "fritz" }: there is no trunk "fritz": proxy',
    ],
    [
      "a number in another form than the one that is judged",
      RULES('{ to = "0900123" }'),
      '[dial] rules contains { to = "0900123" }: this is dialled as "+49900123": write that instead',
    ],
    [
      "a prefix with the zero of national numbers",
      RULES('{ to = "+490900" }'),
      '[dial] rules contains { to = "+490900" }: the prefix "0" is not part of an international number',
    ],
    ["a number that is none", RULES('{ to = "000" }'), '[dial] rules contains { to = "000" }: nobody can dial that'],
    [
      "a user of another domain",
      RULES('{ to = "+49", who = ["bob@elsewhere.net"], trunk = "proxy" }'),
      '[dial] rules contains { to = "+49", who = ["bob@elsewhere.net"], trunk = "proxy" }: "bob@elsewhere.net" is in no domain of [xmpp] hosts',
    ],
    [
      "a rule that another one stands before",
      RULES('{ to = "+", trunk = "proxy" }, { to = "+49900" }'),
      '[dial] rules contains { to = "+49900" }: no call reaches it, since { to = "+", trunk = "proxy" } comes first',
    ],
    [
      "a rule for a user that one for the domain stands before",
      RULES('{ to = "+", who = ["example.org"] }, { to = "+4", who = ["a@example.org"], trunk = "proxy" }'),
      '[dial] rules contains { to = "+4", who = ["a@example.org"], trunk = "proxy" }: no call reaches it, since { to = "+", who = ["example.org"] } comes first',
    ],
    [
      "a name after every name",
      RULES('{ to = "@", trunk = "proxy" }, { to = "anna" }'),
      '[dial] rules contains { to = "anna" }: no call reaches it, since { to = "@", trunk = "proxy" } comes first',
    ],
  ])("%s", (_, text, line) => {
    expect(refusal(text)).toBe(`carillon.toml: ${line}`);
  });

  test.each([
    ["rules", "rules = [{ to = 49 }]"],
    ["rules", 'rules = [{ to = "a@b" }]'],
    ["rules", 'rules = [{ to = "+49", who = [] }]'],
    ["rules", 'rules = [{ to = "+49", write = "as it is" }]'],
    ["rules", 'rules = [{ to = "+49", cost = 1 }]'],
    ["country", 'country = "+49"'],
    ["international", 'international = "+"'],
    ["emergency", 'emergency = ["+112"]'],
    ["calls_per_user", "calls_per_user = -1"],
    ["longest", "longest = 0.5"],
  ])("%s: %s", (key, line) => {
    expect(refusal(`${GOOD}\n[dial]\n${key === "rules" ? "" : "rules = []\n"}${line}`)).toMatch(
      new RegExp(`^carillon\\.toml: \\[dial\\] ${key} (?:=|contains) [^\\n]*must be [^\\n]+$`),
    );
  });
});

test("rules that only look alike are taken", () => {
  const taken =
    '{ to = "+49", who = ["a@example.org"], trunk = "proxy" }, { to = "+49", who = ["example.org"] }, { to = "+4", trunk = "proxy" }';
  expect(refusal(RULES(taken))).toBe("accepted");
});

test("an emergency number that nobody can call is a warning", () => {
  const line = '[dial] emergency "112" has no rule with a trunk: nobody can call it';
  expect(judge(read(RULES('{ to = "+49", trunk = "proxy" }')))).toContain(line);
  expect(judge(read(RULES('{ to = "112", trunk = "proxy" }')))).not.toContain(line);
  expect(judge(read(GOOD))).not.toContain(line);
});
