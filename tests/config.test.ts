/** The configuration: what is read, what is refused in which words, and that its documents say the same. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judge } from "../config/judge.ts";
import { OPTIONS } from "../config/options.ts";
import { TRUNK_OPTIONS } from "../config/trunk-options.ts";
import { changed } from "./support/changed.ts";
import { GOOD, read, refusal, withLine } from "./support/config.ts";

test("everything but the server's secret and its domains has a default", () => {
  const { jingleSip, sip, calls, web } = read(GOOD);
  expect(jingleSip).toEqual({
    proxyHost: "localhost",
    proxyPort: 5600,
    listenPort: 5600,
    localHost: "127.0.0.1",
    sdpOrigin: "127.0.0.1",
    transport: "udp",
    usernameToPhone: [],
  });
  expect([sip.profile, sip.bind, calls.ringTimeout, web.port]).toEqual(["deployed", ["0.0.0.0", "::"], 180, 8080]);
});

test("the predecessor's section is taken as it stands", () => {
  const { jingleSip } = read(`[modules.mod_jingle_sip]
  proxy_host = "localhost"
  proxy_port = 5060
  username_to_phone = [{username = "2000006168", phone = "+919177074440"}]
  backend = "mnesia"
  ${GOOD}`);
  expect(jingleSip.usernameToPhone).toEqual([{ username: "2000006168", phone: "+919177074440" }]);
});

const NO_SECRET =
  "[xmpp] secret is missing: set it in the file or in CARILLON_XMPP_SECRET; it must be text without control characters: the component secret of the XMPP server";

/** [what, the file, the one line] */
const WRONG: readonly (readonly [string, string, string])[] = [
  [
    "a key mistyped",
    withLine("proxy_prot = 1"),
    "unknown key `proxy_prot` in [modules.mod_jingle_sip] (did you mean `proxy_port`?)",
  ],
  ["a key from nowhere", withLine("colour = 1"), "unknown key `colour` in [modules.mod_jingle_sip]"],
  ["a section mistyped", `[xmmp]\n${GOOD}`, "unknown section [xmmp] (did you mean [xmpp]?)"],
  ["another module", `[modules.mod_ping]\n${GOOD}`, "unknown section [modules.mod_ping]"],
  [
    "a text for a number",
    withLine('proxy_port = "5060"'),
    '[modules.mod_jingle_sip] proxy_port = "5060" must be a port from 1 to 65535',
  ],
  [
    "a port that is none",
    withLine("proxy_port = 0"),
    "[modules.mod_jingle_sip] proxy_port = 0 must be a port from 1 to 65535",
  ],
  [
    "a host that is none",
    withLine('local_host = "a b"'),
    '[modules.mod_jingle_sip] local_host = "a b" must be a host name or address that others can reach',
  ],
  [
    "a host that looks like an address",
    withLine('local_host = "999.1.1.1"'),
    '[modules.mod_jingle_sip] local_host = "999.1.1.1" must be a host name or address that others can reach',
  ],
  ["a date for a section", `sip = 2020-01-01\n${GOOD}`, "sip must be a section: [sip]"],
  ["a name of two lines", `[sip]\n"a\\nb" = 1\n${GOOD}`, "unknown key `a\\nb` in [sip]"],
  [
    "a domain with the dot of the root, which no JID has",
    changed(GOOD, '["example.org"]', '["example.org."]'),
    '[xmpp] hosts contains "example.org."; it must be a list of domain names, such as ["example.org"]',
  ],
  [
    "an address that is none",
    withLine('sdp_origin = "host"'),
    '[modules.mod_jingle_sip] sdp_origin = "host" must be an IPv4 or IPv6 address that others can reach',
  ],
  [
    "a transport that is none",
    withLine('transport = "tls"'),
    '[modules.mod_jingle_sip] transport = "tls" must be "udp" or "tcp"',
  ],
  [
    "a number for two users",
    withLine('username_to_phone = [{username="a",phone="+1"},{username="b",phone="+1"}]'),
    '[modules.mod_jingle_sip] username_to_phone contains { username = "b", phone = "+1" }, a duplicate; it must be a list of rows such as { username = "anna", phone = "+4930123" }, no user or number twice',
  ],
  [
    "a network that is none",
    `[sip]\nallow = ["10.0.0.0/64"]\n${GOOD}`,
    '[sip] allow contains "10.0.0.0/64"; it must be a list of networks, such as ["10.0.0.0/8"]',
  ],
  [
    "a profile that is none",
    `[sip]\nprofile = "nice"\n${GOOD}`,
    '[sip] profile = "nice" must be "deployed" or "precise"',
  ],
  [
    "no time at all",
    `[calls]\nring_timeout = 0\n${GOOD}`,
    "[calls] ring_timeout = 0 must be a number of seconds from 0.001 to 86400 (one day)",
  ],
  ["no secret", changed(GOOD, /secret.*/, ""), NO_SECRET],
  ["an empty secret", changed(GOOD, "s3cret", ""), NO_SECRET],
  [
    "a secret of another type, which is not shown",
    changed(GOOD, '"s3cret"', "12345"),
    "[xmpp] secret must be text without control characters: the component secret of the XMPP server",
  ],
  [
    "a token that can be guessed, which is not shown",
    `[web]\ntoken = "0123456789abcde"\n${GOOD}`,
    "[web] token must be 16 characters or more, none of them a control character, or nothing",
  ],
  [
    "no hosts",
    changed(GOOD, /hosts.*/, ""),
    '[xmpp] hosts is missing: set it in the file or in CARILLON_XMPP_HOSTS; it must be a list of domain names, such as ["example.org"]',
  ],
  [
    "empty hosts",
    changed(GOOD, '["example.org"]', "[]"),
    '[xmpp] hosts = [] must be a list of domain names, such as ["example.org"]',
  ],
  [
    "a mode that is none",
    changed(GOOD, "domain", 'mode = "spy"\ndomain'),
    '[xmpp] mode = "spy" must be "gateway" or "intercept"',
  ],
];

describe("refused with one line", () => {
  test.each(WRONG)("%s", (_, text, line) => {
    expect(refusal(text)).toBe(`carillon.toml: ${line}`);
  });

  test("a key that belongs in another section", () => {
    expect(refusal(withLine("max_calls = 3"))).toBe(
      "carillon.toml: unknown key `max_calls` in [modules.mod_jingle_sip] (it belongs in [calls])",
    );
  });

  test("what is no TOML, with its place", () => {
    expect(refusal('[xmpp]\nsecret = "a')).toMatch(/^carillon\.toml: line 2, column \d+: [^\n]+$/);
  });
});

describe("several errors are told at once, a line each", () => {
  test("in the environment, the file, its values and the circle between them", () => {
    const text = `[xmmp]\n[sip]\nallow = ["x"]\nprofil = 1\n[xmpp]\nhosts = ["sip.localhost"]`;
    expect(refusal(text, { CARILLON_COLOUR: "red", CARILLON_PROXY_PORT: "x" }).split("\n")).toEqual([
      "unknown environment variable CARILLON_COLOUR",
      "carillon.toml: unknown section [xmmp] (did you mean [xmpp]?)",
      "carillon.toml: unknown key `profil` in [sip] (did you mean `profile`?)",
      'CARILLON_PROXY_PORT: [modules.mod_jingle_sip] proxy_port = "x" must be a port from 1 to 65535',
      'carillon.toml: [sip] allow contains "x"; it must be a list of networks, such as ["10.0.0.0/8"]',
      `carillon.toml: ${NO_SECRET}`,
      'carillon.toml: [xmpp] hosts contains the component\'s own domain "sip.localhost" (from its default): calls would run in a circle',
    ]);
  });

  test("and what is no TOML leaves the environment to be told of, alone", () => {
    expect(refusal("[xmpp", { CARILLON_COLOUR: "red" })).toMatch(
      /^unknown environment variable CARILLON_COLOUR\ncarillon\.toml: line 1, column \d+: [^\n]+$/,
    );
  });
});

describe("the environment", () => {
  test("overrides the file, each type in its own writing", () => {
    const config = read(GOOD, {
      CARILLON_PROXY_PORT: "5070",
      CARILLON_XMPP_HOSTS: "a.example, b.example",
      CARILLON_SIP_OUTBOUND: "true",
      CARILLON_XMPP_SECRET: "other",
    });
    expect([config.jingleSip.proxyPort, config.xmpp.hosts, config.sip.outbound, config.xmpp.secret]).toEqual([
      5070,
      ["a.example", "b.example"],
      true,
      "other",
    ]);
  });

  test.each([
    [
      "CARILLON_PROXY_PORT",
      "x",
      'CARILLON_PROXY_PORT: [modules.mod_jingle_sip] proxy_port = "x" must be a port from 1 to 65535',
    ],
    [
      "CARILLON_PROXY_PORT",
      "0x10",
      'CARILLON_PROXY_PORT: [modules.mod_jingle_sip] proxy_port = "0x10" must be a port from 1 to 65535',
    ],
    [
      "CARILLON_LOG_LEVEL",
      "loud",
      'CARILLON_LOG_LEVEL: [log] level = "loud" must be "debug", "info", "warn" or "error"',
    ],
    ["CARILLON_SIP_OUTBOUND", "yes", 'CARILLON_SIP_OUTBOUND: [sip] outbound = "yes" must be true or false'],
    [
      "CARILLON_XMPP_HOSTS",
      "",
      'CARILLON_XMPP_HOSTS: [xmpp] hosts = [] must be a list of domain names, such as ["example.org"]',
    ],
  ])("%s=%s is refused by its own name", (name, value, line) => {
    expect(refusal(GOOD, { [name]: value })).toBe(line);
  });
});

describe("judged", () => {
  test.each([
    [
      "the proxy is the gateway itself",
      GOOD,
      "the SIP proxy is the gateway itself (localhost:5600): set proxy_host and proxy_port",
    ],
    [
      "local_host that the proxy cannot reach",
      withLine('proxy_host = "pbx.example"'),
      "local_host 127.0.0.1 cannot be reached from the proxy pbx.example",
    ],
    [
      "the predecessor's backend",
      withLine('proxy_port = 1\nbackend = "cets"'),
      "backend is ignored: only the predecessor used it",
    ],
    [
      "a password without a name",
      `[sip]\npassword = "a"\n${GOOD}`,
      "[sip] password is set without a username, and is never used",
    ],
    ["a name without a password", `[sip]\nusername = "a"\n${GOOD}`, "[sip] username is set without a password"],
  ])("%s", (_, text, line) => {
    expect(judge(read(text))).toContain(line);
  });
});

describe("documents", () => {
  const file = (name: string): string => readFileSync(join(import.meta.dir, "..", name), "utf8");
  const shown = (value: unknown): string => (value === undefined ? "" : `\`${JSON.stringify(value)}\``);

  const all = [...OPTIONS, ...TRUNK_OPTIONS];

  test.each(all.map((option) => [`[${option.section}] ${option.key}`, option] as const))(
    "docs/options.md: %s",
    (_, option) => {
      const { section, key, env = "" } = option;
      const table = file("docs/options.md").split(`## [${section}]`)[1]?.split("\n## ")[0] ?? "";
      expect(table).toContain(`| ${key} | ${shown(option.default)} | ${option.allowed} | ${env} | ${option.meaning} |`);
    },
  );

  test("docs/options.md names the options that SIGHUP reloads", () => {
    const sentence = /^SIGHUP reloads (.*?)\. New calls/m.exec(file("docs/options.md"))?.[1] ?? "";
    const names = [...sentence.matchAll(/`(.*?)`/g)].map(([, name]) => name);
    expect(names).toEqual(OPTIONS.filter(({ reloads }) => reloads).map(({ section, key }) => `[${section}] ${key}`));
  });

  test("docs/options.md has no others", () => {
    const rows = [...file("docs/options.md").matchAll(/^\| (\w+) \|/gm)]
      .map(([, key]) => key)
      .filter((key) => key !== "option");
    expect(rows.toSorted()).toEqual(all.map(({ key }) => key).toSorted());
  });

  test("carillon.example.toml has every option with its default, and works once the secret and the domains are there", () => {
    const text = file("carillon.example.toml");
    const filled = changed(changed(text, 'secret = ""', 'secret = "x"'), "hosts = []", 'hosts = ["example.org"]');
    expect(read(filled)).toEqual({ ...read(GOOD), xmpp: { ...read(GOOD).xmpp, secret: "x", domain: "sip.localhost" } });
    for (const { section, key, env } of all) {
      const lines =
        `\n${text}`
          .split(new RegExp(`\\n(?:# )?\\[${section}\\]`))[1]
          ?.split(/^\[/m)[0]
          ?.split("\n") ?? [];
      const line = lines.find((each) => new RegExp(`^(# )?${key}\\s*=`).test(each)) ?? "";
      expect(line, key).toContain(env ?? "#");
    }
  });
});
