/** Where a wrong value came from: each line names the file or the environment variable that the operator has to mend. */
import { describe, expect, test } from "bun:test";
import { decodeConfig } from "../config/file.ts";
import { changed } from "./support/changed.ts";
import { GOOD, read, refusal, withHosts } from "./support/config.ts";

describe("a circle is told of where its two values came from", () => {
  const CIRCLE = (hosts: string, domain: string, name = "sip.example.org"): string =>
    `${hosts}: [xmpp] hosts contains the component's own domain "${name}" (from ${domain}): calls would run in a circle`;

  test.each([
    ["the file", withHosts('["a.example", "sip.example.org"]'), {}, CIRCLE("carillon.toml", "carillon.toml")],
    [
      "the environment",
      GOOD,
      { CARILLON_XMPP_HOSTS: "x.example", CARILLON_XMPP_DOMAIN: "x.example" },
      CIRCLE("CARILLON_XMPP_HOSTS", "CARILLON_XMPP_DOMAIN", "x.example"),
    ],
    [
      "both",
      GOOD,
      { CARILLON_XMPP_DOMAIN: "example.org" },
      CIRCLE("carillon.toml", "CARILLON_XMPP_DOMAIN", "example.org"),
    ],
    [
      "the default",
      changed(GOOD, /domain.*/, ""),
      { CARILLON_XMPP_HOSTS: "sip.localhost" },
      CIRCLE("CARILLON_XMPP_HOSTS", "its default", "sip.localhost"),
    ],
  ])("%s", (_, text, env, line) => {
    expect(refusal(text, env)).toBe(line);
  });
});

describe("a name in the environment that is no option's", () => {
  test.each([
    ["CARILLON_PROXY_PROT", "unknown environment variable CARILLON_PROXY_PROT (did you mean CARILLON_PROXY_PORT?)"],
    ["CARILLON_SECRET", "unknown environment variable CARILLON_SECRET (did you mean CARILLON_XMPP_SECRET?)"],
    ["CARILLON_COLOUR", "unknown environment variable CARILLON_COLOUR"],
    ["CARILLON_", "unknown environment variable CARILLON_"],
  ])("%s stops the start", (name, line) => {
    expect(refusal(GOOD, { [name]: "x" })).toBe(line);
  });

  test("is no fault when it is somebody else's, or Kubernetes' for a service that is called carillon", () => {
    const env = {
      CARILLONS: "x",
      CARILLON_SERVICE_HOST: "10.0.0.1",
      CARILLON_SERVICE_PORT: "5600",
      CARILLON_SERVICE_PORT_SIP: "5600",
      CARILLON_PORT: "udp://10.0.0.1:5600",
      CARILLON_PORT_5600_UDP_ADDR: "10.0.0.1",
    };
    expect(read(GOOD, env)).toEqual(read(GOOD));
    expect(refusal(GOOD, { CARILLON_PORT: "5600" })).toStartWith("unknown environment variable CARILLON_PORT");
  });
});

describe("a file that is not UTF-8", () => {
  test("is refused with its first such line", () => {
    const bytes = new Uint8Array([...new TextEncoder().encode("[xmpp]\n# ü\nsecret = 'b"), 0xfc, 0x0a, 0xff]);
    expect(() => decodeConfig(bytes, "carillon.toml")).toThrow("carillon.toml: line 3 is not UTF-8");
  });

  test("and one that is may begin with a byte order mark", () => {
    expect(decodeConfig(new TextEncoder().encode(`\uFEFF${GOOD}`), "carillon.toml")).toBe(GOOD);
  });
});
