/** What a value may be: what can never work is refused at the start, by option, value, origin and what is allowed. */
import { describe, expect, test } from "bun:test";
import { changed } from "./support/changed.ts";
import { GOOD, read, refusal, withHosts, withLine } from "./support/config.ts";

const HOST = "must be a host name or address that others can reach";
const ADDRESS = "must be an IPv4 or IPv6 address that others can reach";
const LISTENING =
  'must be a list of addresses of this machine, such as ["192.0.2.1"]; "0.0.0.0" and "::" are all of their family';
const PLAIN = "must be text without control characters, and not only blanks";
const ROWS = 'must be a list of rows such as { username = "anna", phone = "+4930123" }, no user or number twice';
const DOMAINS = 'must be a list of domain names, such as ["example.org"]';
const SECONDS = "must be a number of seconds from 0.001 to 86400 (one day)";
const LONG = `${"a".repeat(50)}.`.repeat(6);

describe("in [modules.mod_jingle_sip]", () => {
  test.each([
    ...["0.0.0.0", "::", "0:0::0", "fe80::1%lo", "224.0.0.1", "ff02::1", "255.255.255.255"].flatMap((address) => [
      ["local_host", `"${address}"`, HOST],
      ["sdp_origin", `"${address}"`, ADDRESS],
      ["proxy_host", `"${address}"`, HOST],
    ]),
    ["proxy_host", `"${"a".repeat(64)}.example"`, HOST],
    ["proxy_host", '"-a.example"', HOST],
    ["proxy_host", '"a-.example"', HOST],
    ["proxy_host", '"xn--999999999.example"', HOST],
    ["proxy_host", '"bü cher.example"', HOST],
    ["proxy_host", '"bücher/example"', HOST],
    ["proxy_port", "nan", "must be a port from 1 to 65535"],
    ["proxy_port", "-inf", "must be a port from 1 to 65535"],
  ] as [string, string, string][])("%s = %s is refused", (key, value, right) => {
    expect(refusal(withLine(`${key} = ${value}`))).toBe(
      `carillon.toml: [modules.mod_jingle_sip] ${key} = ${value} ${right}`,
    );
  });

  test("a name that is too long for the DNS is refused, and not shown whole", () => {
    expect(refusal(withLine(`proxy_host = "${LONG}example"`))).toBe(
      `carillon.toml: [modules.mod_jingle_sip] proxy_host = "${LONG.slice(0, 199)}… ${HOST}`,
    );
  });

  test.each([
    ['{ username = "", phone = "+1" }'],
    ['{ username = " ", phone = "+1" }'],
    ['{ username = "a b", phone = "+1" }'],
    ['{ username = "anna@example.org", phone = "+1" }'],
    ['{ username = "an\\nna", phone = "+1" }'],
    ['{ username = "anna", phone = "" }'],
    ['{ username = "anna", phone = "..." }'],
    ['{ username = "anna", phone = "+49 30" }'],
    ['{ username = "anna", phone = "+1", colour = "red" }'],
    ['{ username = "anna" }'],
  ])("username_to_phone does not take %s beside bob's row", (row) => {
    expect(refusal(besideBob(row))).toBe(`${WITH} ${row}; it ${ROWS}`);
  });

  test.each([['{ username = "BOB", phone = "+3" }'], ['{ username = "anna", phone = "+2" }']])(
    "username_to_phone has bob's user or number already: %s",
    (row) => {
      expect(refusal(besideBob(row))).toBe(`${WITH} ${row}, a duplicate; it ${ROWS}`);
    },
  );

  const WITH = "carillon.toml: [modules.mod_jingle_sip] username_to_phone contains";
  const besideBob = (row: string): string =>
    withLine(`username_to_phone = [{ username = "bob", phone = "+2" }, ${row}]`);
});

describe("in [media]", () => {
  const relays = (value: string): string => refusal(withLine(`rtpengine = ${value}`, "media"));

  test.each(['["127.0.0.1:2223"]', '["relay.example.org:2223", "[2001:db8::1]:2223"]', "[]"])(
    "%s are relays",
    (value) => {
      expect(relays(value)).toBe("accepted");
    },
  );

  test.each([
    '"127.0.0.1"',
    '"127.0.0.1:0"',
    '"127.0.0.1:70000"',
    '"2001:db8::1:2223"',
    '"[x]:1"',
    '"0.0.0.0:2223"',
    '":1"',
  ])("%s is none", (item) => {
    expect(relays(`[${item}]`)).toBe(
      `carillon.toml: [media] rtpengine contains ${item}; it must be a list of hosts with ports, such as ["127.0.0.1:2223"]`,
    );
  });

  test.each(["rtp", "srtp", "auto"])("[sip] media = %s needs one", (media) => {
    const line = `media = "${media}"`;
    expect(refusal(withLine(line, "sip"))).toBe(
      `carillon.toml: [sip] media = "${media}" needs a relay: set [media] rtpengine, or relay = "own"`,
    );
    for (const relay of ['rtpengine = ["127.0.0.1:2223"]', 'relay = "own"'])
      expect(refusal(`[media]\n${relay}\n${withLine(line, "sip")}`)).toBe("accepted");
  });

  // proves: V21
  test.each([
    ['rtpengine = ["127.0.0.1:2223"]', '[media] relay = "own" and rtpengine exclude each other'],
    ['direction = ["wan", "lan"]', "[media] direction is for rtpengine: our own relay uses addresses"],
    ["first_port = 40000\nlast_port = 40002", "[media] first_port 40000 to last_port 40002 must be at least 8 ports"],
    [
      'outside = "203.0.113.7"\nstun = ["192.0.2.3:3478"]',
      "[media] outside says what stun would ask: set one of the two",
    ],
    [
      'outside = "2001:db8::1"',
      '[media] outside = "2001:db8::1" must be an IPv4 address that others can reach, or nothing',
    ],
    [
      'addresses = ["0.0.0.0"]',
      '[media] addresses contains "0.0.0.0"; it must be a list of at most 8 addresses of this machine, such as ["192.0.2.1"]',
    ],
    [
      'addresses = ["pbx.example"]',
      '[media] addresses contains "pbx.example"; it must be a list of at most 8 addresses of this machine, such as ["192.0.2.1"]',
    ],
  ])("the own relay does not take %s", (line, why) => {
    expect(refusal(withLine(`relay = "own"\n${line}`, "media"))).toBe(`carillon.toml: ${why}`);
  });

  test("direction has two names", () => {
    expect(refusal(withLine('direction = ["wan", "lan"]', "media"))).toBe("accepted");
    expect(refusal(withLine('direction = ["wan"]', "media"))).toContain(
      '[media] direction = ["wan"] must be a list of two',
    );
  });
});

describe("in [sip]", () => {
  test.each([
    ['["224.0.0.1"]', '"224.0.0.1"'],
    ['["255.255.255.255"]', '"255.255.255.255"'],
    ['["pbx.example"]', '"pbx.example"'],
    ['["192.0.2.1", "%"]', '"%"'],
    ['["192.0.2.1", "192.0.2.1"]', '"192.0.2.1", a duplicate'],
    ['["::1", "0:0:0::1"]', '"0:0:0::1", a duplicate'],
    ['["192.0.2.1", "0.0.0.0"]', '"0.0.0.0"'],
    ['["::", "2001:db8::1"]', '"2001:db8::1"'],
  ])("bind = %s is refused", (list, item) => {
    expect(refusal(withLine(`bind = ${list}`, "sip"))).toBe(
      `carillon.toml: [sip] bind contains ${item}; it ${LISTENING}`,
    );
  });

  test.each(['"a\\rb"', '"a\\nb"', '"a\\u0000b"', '" "'])("username = %s is refused", (value) => {
    expect(refusal(withLine(`username = ${value}`, "sip"))).toBe(`carillon.toml: [sip] username = ${value} ${PLAIN}`);
  });

  test.each(['"a\\rb"', '"a\\nb"', '"a\\u0000b"', '"\\t "'])("password = %s is refused, and not shown", (value) => {
    expect(refusal(withLine(`password = ${value}`, "sip"))).toBe(`carillon.toml: [sip] password ${PLAIN}`);
  });

  test("a network with a zone is none", () => {
    expect(refusal(withLine('allow = ["fe80::1%lo/64"]', "sip"))).toBe(
      'carillon.toml: [sip] allow contains "fe80::1%lo/64"; it must be a list of networks, such as ["10.0.0.0/8"]',
    );
  });
});

describe("in [xmpp]", () => {
  test.each(["a\\r", "\\n", "a\\u0000", "  "])('secret = "%s" is refused, and not shown', (value) => {
    expect(refusal(changed(GOOD, "s3cret", value))).toBe(
      "carillon.toml: [xmpp] secret must be text without control characters: the component secret of the XMPP server",
    );
  });

  test.each([
    ['["a.example", "b.example", "A.example"]', '"A.example", a duplicate'],
    ['["bücher.example", "xn--bcher-kva.example"]', '"xn--bcher-kva.example", a duplicate'],
    ['["a.example", "b."]', '"b."'],
  ])("hosts = %s is refused", (list, item) => {
    expect(refusal(withHosts(list))).toBe(`carillon.toml: [xmpp] hosts contains ${item}; it ${DOMAINS}`);
  });

  test("a circle in two notations is one", () => {
    expect(refusal(withHosts('["BÜCHER.example"]', "xn--bcher-kva.example"))).toContain("calls would run in a circle");
  });
});

describe("names of other scripts, as U-labels or A-labels and in any case", () => {
  test.each(["bücher.example", "BÜCHER.Example", "xn--bcher-kva.example", "XN--BCHER-KVA.example"])("%s", (name) => {
    const { xmpp } = read(withHosts(`["${name}"]`, `sip.${name}`));
    expect([xmpp.hosts, xmpp.domain]).toEqual([["bücher.example"], "sip.bücher.example"]);
    const { jingleSip, web } = read(
      `${withLine(`proxy_host = "${name}"\nlocal_host = "${name}"`)}\n[web]\nhost = "${name}"`,
    );
    const ascii = [jingleSip.proxyHost, jingleSip.localHost, web.host].map((host) => host.toLowerCase());
    expect(new Set(ascii)).toEqual(new Set(["xn--bcher-kva.example"]));
  });
});

describe("in [calls] and [web]", () => {
  test.each(["86401", "0", "-1", "0.0001", "nan", "inf"])("ring_timeout = %s is refused", (value) => {
    expect(refusal(withLine(`ring_timeout = ${value}`, "calls"))).toBe(
      `carillon.toml: [calls] ring_timeout = ${value} ${SECONDS}`,
    );
  });

  test("the web side may listen on every address, but on none of many", () => {
    expect(read(withLine('host = "::"', "web")).web.host).toBe("::");
    expect(refusal(withLine('host = "ff02::1"', "web"))).toBe(
      'carillon.toml: [web] host = "ff02::1" must be a host name or address of this machine',
    );
  });
});
