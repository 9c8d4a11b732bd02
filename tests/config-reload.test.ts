/** SIGHUP, in memory: what is reloaded, what needs a restart, what a faulty file does, and one log line for each. */
import { expect, test } from "bun:test";
import { LiveConfig } from "../config/reload.ts";
import type { Config } from "../config.ts";
import { changed } from "./support/changed.ts";
import { GOOD, read, withLine } from "./support/config.ts";

const TRUNK = (password = "wrong"): string => `${GOOD}
[dial]
country = "49"
rules = [{ to = "+", trunk = "fritz" }]
[trunks.fritz]
server = "192.0.2.7"
username = "620"
password = "${password}"
`;

/** A gateway's configuration while the file says one thing after another. */
function live(first: string) {
  const file = { text: first };
  const applied: Config[] = [];
  const logged: object[] = [];
  const config = new LiveConfig(read(first), {
    read: async () => read(file.text),
    apply: (each) => void applied.push(each),
    log: (event) => void logged.push(event),
  });
  const reloaded = async (text: string): Promise<object | undefined> => {
    file.text = text;
    await config.reload();
    return logged.at(-1);
  };
  return { config, applied, logged, reloaded };
}

const line = (changed: string[], needRestart: string[] = []) => ({
  level: needRestart.length > 0 ? "warn" : "info",
  event: "config.reloaded",
  changed,
  needRestart,
});

test.each([
  ["[log] level", '[log]\nlevel = "debug"', (config: Config) => config.log.level, "debug"],
  ["[sip] allow", '[sip]\nallow = ["10.0.0.0/8"]', (config: Config) => config.sip.allow, ["10.0.0.0/8"]],
  ["[calls] max_calls", "[calls]\nmax_calls = 3", (config: Config) => config.calls.maxCalls, 3],
  [
    "[modules.mod_jingle_sip] username_to_phone",
    '[modules.mod_jingle_sip]\nusername_to_phone = [{ username = "anna", phone = "+1" }]',
    (config: Config) => config.jingleSip.usernameToPhone,
    [{ username: "anna", phone: "+1" }],
  ],
] as [string, string, (config: Config) => unknown, unknown][])("%s is reloaded", async (name, text, found, value) => {
  const { applied, reloaded } = live(GOOD);
  expect(await reloaded(`${text}\n${GOOD}`)).toEqual(line([name]));
  expect(found(applied[0] as Config)).toEqual(value);
});

test("any other option keeps its value, and needs a restart as long as the file differs", async () => {
  const { applied, reloaded } = live(GOOD);
  const other = withLine('bind = ["127.0.0.1"]\nprofile = "precise"\nallow = ["10.0.0.1"]', "sip");
  expect(await reloaded(other)).toEqual(line(["[sip] allow"], ["[sip] bind", "[sip] profile"]));
  expect(await reloaded(other)).toEqual(line([], ["[sip] bind", "[sip] profile"]));
  expect(await reloaded(GOOD)).toEqual(line(["[sip] allow"]));
  for (const { sip } of applied) expect([sip.bind, sip.profile]).toEqual([["0.0.0.0", "::"], "deployed"]);
});

test("of a trunk its login is reloaded, and is not shown; the rest needs a restart", async () => {
  const { applied, reloaded } = live(TRUNK());
  expect(await reloaded(TRUNK("right"))).toEqual(line(["[trunks.fritz] password"]));
  expect(applied.at(-1)?.trunks[0]?.password).toBe("right");
  const other = `${TRUNK("right")}auth_username = "u620"\nexpires = 300\n`;
  expect(await reloaded(other)).toEqual(line(["[trunks.fritz] auth_username"], ["[trunks.fritz]"]));
  expect(applied.at(-1)?.trunks[0]).toMatchObject({ authUsername: "u620", expires: 600 });
  expect(await reloaded(TRUNK("right"))).toEqual(line(["[trunks.fritz] auth_username"]));
});

test("a changed secret is named, and not shown", async () => {
  const { reloaded } = live(GOOD);
  expect(await reloaded(changed(GOOD, "s3cret", "an0ther"))).toEqual(line([], ["[xmpp] secret"]));
});

test("a file with errors changes nothing; the log has all of them", async () => {
  const { applied, reloaded } = live(GOOD);
  expect(await reloaded(withLine('allow = ["10.0.0.1"]\nprofil = 1\noutbound = 3', "sip"))).toEqual({
    level: "error",
    event: "config.refused",
    errors: [
      "carillon.toml: unknown key `profil` in [sip] (did you mean `profile`?)",
      "carillon.toml: [sip] outbound = 3 must be true or false",
    ],
  });
  expect(applied).toEqual([]);
  expect(await reloaded(withLine('allow = ["10.0.0.1"]', "sip"))).toEqual(line(["[sip] allow"]));
});

test("signals that come while the file is read are one more reading, not many", async () => {
  const { config, logged } = live(GOOD);
  await Promise.all(Array.from({ length: 10 }, () => config.reload()));
  await new Promise(setImmediate);
  expect(logged).toEqual([line([]), line([])]);
});
