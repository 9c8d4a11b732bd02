/** `[trunks.NAME]`: what is read, and the one line that refuses what cannot be meant so. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judge } from "../config/judge.ts";
import { lookUp } from "../config/lookup.ts";
import { changed } from "./support/changed.ts";
import { GOOD, read, refusal } from "./support/config.ts";

const FRITZ = (lines = "", name = "fritz"): string => `
[trunks.${name}]
server = "fritz.box"
${lines}
`;
const WITH = (trunks: string, rules = '{ to = "+49", trunk = "fritz" }'): string =>
  `${GOOD}\n[dial]\nrules = [${rules}]\n${trunks}`;

test("without sections there are no trunks", () => {
  expect(read(GOOD).trunks).toEqual([]);
});

// proves: K13
test("a trunk is read, its password from the environment by its name", () => {
  const [trunk, ...more] = read(
    WITH(FRITZ('username = "620"\nnumbers = [{ number = "+4930123", user = "Alice@Example.org" }]')),
    {
      CARILLON_TRUNK_FRITZ_PASSWORD: "pw",
    },
  ).trunks;
  expect(more).toEqual([]);
  expect(trunk).toEqual({
    ...{ name: "fritz", server: { host: "fritz.box" }, domain: "", transport: "auto" },
    ...{ username: "620", authUsername: "", password: "pw", realm: [], register: false, expires: 600 },
    ...{ ca: "", certificate: "", key: "", keepalive: 30 },
    ...{ media: "webrtc", codecs: ["PCMA", "PCMU"], identity: "account", trusted: false },
    ...{ numbers: [{ number: "+4930123", user: "alice@example.org" }], defaultUser: "" },
  });
});

test.each([
  ['"pbx.example:5070"', { host: "pbx.example", port: 5070 }],
  ['"[2001:db8::1]:5070"', { host: "2001:db8::1", port: 5070 }],
  ['"192.0.2.7"', { host: "192.0.2.7" }],
])("a server is %s", (server, place) => {
  expect(read(WITH(changed(FRITZ(), '"fritz.box"', server))).trunks[0]?.server).toEqual(place);
});

describe("is refused in one line:", () => {
  const NUMBER = (user: string, number = "+4930123") => `numbers = [{ number = "${number}", user = "${user}" }]`;
  const TWO = `${FRITZ(NUMBER("alice@example.org"))}${FRITZ(NUMBER("bob@example.org", "004930123"), "other")}`;
  // proves: K13
  test.each([
    [
      "a trunk without a rule",
      WITH(FRITZ(), ""),
      "[trunks.fritz] has no rule in [dial] rules: nobody could call through it",
    ],
    [
      "a trunk without [dial]",
      `${GOOD}${FRITZ()}`,
      "[trunks.fritz] has no rule in [dial] rules: nobody could call through it",
    ],
    [
      "a rule of another trunk",
      WITH(FRITZ(), '{ to = "+", trunk = "fritz" }, { to = "112", trunk = "frizt" }'),
      '[dial] rules contains { to = "112", trunk = "frizt" }: there is no trunk "frizt": proxy, fritz',
    ],
    [
      "a trunk without a server",
      WITH('[trunks.fritz]\nusername = "620"\n'),
      '[trunks.fritz] server is missing: set it in the file; it must be a host name or address, with a port if it is not to be looked up, such as "pbx.example:5070"',
    ],
    [
      "an authority where there is no TLS",
      WITH(FRITZ('transport = "udp"\nca = "/etc/ca.pem"')),
      '[trunks.fritz] ca, certificate and key are for transport = "tls"',
    ],
    [
      "a certificate without its key",
      WITH(FRITZ('transport = "tls"\ncertificate = "/etc/our.pem"')),
      "[trunks.fritz] certificate and key need each other",
    ],
    ["a key mistyped", WITH(FRITZ('colour = "620"')), "unknown key `colour` in [trunks.fritz]"],
    [
      "the proxy's name",
      WITH(FRITZ("", "proxy")),
      "[trunks.proxy] is the trunk of [modules.mod_jingle_sip]: choose another name",
    ],
    [
      "another name",
      WITH(FRITZ("", '"A b"')),
      "[trunks.A b]: a trunk's name is a small letter, then small letters, digits and _",
    ],
    ["trunks that are none", WITH("[[trunks]]\n"), "unknown section [trunks]"],
    [
      "an account without a name",
      WITH(FRITZ("register = true")),
      "[trunks.fritz] register needs username: the account that is registered",
    ],
    [
      "a number of a user whom nobody knows",
      WITH(FRITZ(NUMBER("bob@elsewhere.net"))),
      '[trunks.fritz] numbers contains "bob@elsewhere.net", who is in no domain of [xmpp] hosts',
    ],
    [
      "a default user whom nobody knows",
      WITH(FRITZ('default_user = "bob@elsewhere.net"')),
      '[trunks.fritz] default_user contains "bob@elsewhere.net", who is in no domain of [xmpp] hosts',
    ],
    [
      "a number that two users have, by two trunks",
      WITH(TWO, '{ to = "+49", trunk = "fritz" }, { to = "+", trunk = "other" }'),
      '[trunks.other] numbers contains "004930123" of bob@example.org, which is alice@example.org\'s in [trunks.fritz] numbers',
    ],
    [
      "a number that two users have, written in two ways that mean the same where the gateway is",
      `${GOOD}\n[dial]\ncountry = "49"\nrules = [{ to = "+49", trunk = "fritz" }]\n${FRITZ('numbers = [{ number = "+4930123", user = "alice@example.org" }, { number = "030123", user = "bob@example.org" }]')}`,
      '[trunks.fritz] numbers contains "030123" of bob@example.org, which is alice@example.org\'s in [trunks.fritz] numbers',
    ],
    [
      "a number that two users have, by username_to_phone",
      `[modules.mod_jingle_sip]\nusername_to_phone = [{ username = "Nurse", phone = "+49-30-123" }]\n${WITH(FRITZ(NUMBER("bob@example.org")))}`,
      '[trunks.fritz] numbers contains "+4930123" of bob@example.org, which is nurse\'s in username_to_phone',
    ],
  ])("%s", (_, text, line) => {
    expect(refusal(text)).toBe(`carillon.toml: ${line}`);
  });

  // proves: K13
  test("a trunk named twice, or a key, whose value is not shown", () => {
    expect(refusal(WITH(FRITZ() + FRITZ()))).toMatch(/^carillon\.toml: line \d+: \[trunks\.fritz\] is there twice$/);
    const twice = FRITZ('password = "one"\npassword = "two"');
    expect(refusal(WITH(twice))).toMatch(/^carillon\.toml: line \d+: password is there twice$/);
  });

  test("a password of a trunk that is not there", () => {
    const error = refusal(WITH(FRITZ()), { CARILLON_TRUNK_FRIZT_PASSWORD: "pw" });
    expect(error).toBe(
      "unknown environment variable CARILLON_TRUNK_FRIZT_PASSWORD (did you mean CARILLON_TRUNK_FRITZ_PASSWORD?)",
    );
  });

  test.each([
    ["server", 'server = "a b"'],
    ["server", 'server = "pbx.example:0"'],
    ["expires", "expires = 5"],
    ["identity", 'identity = "me"'],
    ["numbers", 'numbers = [{ number = "a", user = "a@example.org" }]'],
    ["numbers", 'numbers = [{ number = "12", user = "a@example.org" }, { number = "12", user = "b@example.org" }]'],
    ["numbers", 'numbers = [{ number = "12", user = "example.org" }]'],
    ["default_user", 'default_user = "alice"'],
    ["media", 'media = "opus"'],
  ])("%s: %s", (key, line) => {
    const text = WITH(key === "server" ? `[trunks.fritz]\n${line}\n` : FRITZ(line));
    expect(refusal(text)).toMatch(new RegExp(`^carillon\\.toml: \\[trunks\\.fritz\\] ${key} [^\\n]+ must be [^\\n]+$`));
  });

  test("a password, which is not shown", () => {
    expect(refusal(WITH(FRITZ('password = "\\u0007s3cret"')))).not.toContain("s3cret");
  });
});

describe("docs/providers.md", () => {
  const text = readFileSync(join(import.meta.dir, "../docs/providers.md"), "utf8");
  const blocks = [...text.matchAll(/```toml\n(.*?)```/gs)].map(([, block = ""]) => block);
  const sections = blocks.flatMap((block) => {
    const name = /^\[trunks\.(\w+)\]/m.exec(block)?.[1];
    return name === undefined ? [] : [[name, block] as const];
  });

  test.each(sections)("has a section for %s that is taken as it stands, but for its rules", (name, block) => {
    const rules = block.includes("[dial]") ? "" : `[dial]\nrules = [{ to = "+", trunk = "${name}" }]\n`;
    const { trunks } = read(`${GOOD}\n[media]\nrtpengine = ["127.0.0.1:2223"]\n${block}\n${rules}`);
    expect(trunks.map((trunk) => trunk.name)).toEqual([name]);
  });
});

test("an account without a password is a warning", () => {
  expect(judge(read(WITH(FRITZ('username = "620"'))))).toContain("[trunks.fritz] username is set without a password");
});

test("--check looks its servers up", async () => {
  const found = await lookUp(read(WITH(FRITZ('outbound_proxy = "out.example"'))), async (host) => [
    `address of ${host}`,
  ]);
  expect(found.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      '[trunks.fritz] server "fritz.box" resolves to address of fritz.box',
      '[trunks.fritz] outbound_proxy "out.example" resolves to address of out.example',
    ]),
  );
});
