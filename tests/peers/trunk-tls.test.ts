/**
 * Certificates at a real Kamailio, by the gateway as people run it, on each runtime: who is registered, and who is not and why. The
 * XMPP server is not needed for that.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Authority, noOpenssl, type Pair } from "../support/certificates.ts";
import { changed } from "../support/changed.ts";
import { type GatewayProcess, runMain, startGateway } from "../support/gateway-process.ts";
import { gatewayToml, NO_SERVER, NOBODY } from "../support/gateway-toml.ts";
import { hasLogged } from "../support/has-logged.ts";
import { noKamailio } from "../support/kamailio.ts";
import { noKamailioTls, type Provider, startProvider } from "../support/provider.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

const missing = noKamailio ?? noKamailioTls ?? noOpenssl;
const UNTRUSTED = "its certificate is issued by an authority that is not trusted";

interface Trunk {
  readonly name: string;
  readonly state: string;
  readonly why?: string;
}

describe.skipIf(missing !== undefined)(`TLS to Kamailio${missing ? ` (left out: ${missing})` : ""}`, () => {
  let ours: Authority;
  let other: Authority;
  let good: Pair;
  let mine: Pair;
  let strangers: Pair;
  let provider: Provider;
  let mutual: Provider;
  let old: Provider;
  let expired: Pair;

  beforeAll(async () => {
    ours = new Authority();
    other = new Authority(ours.folder, "other");
    good = ours.sign("good", "DNS:provider.test");
    mine = ours.sign("mine", "DNS:gateway.test");
    strangers = other.sign("strangers", "DNS:gateway.test");
    expired = ours.sign("old", "DNS:provider.test", true);
    provider = await startProvider("pw", 9, { own: good });
    mutual = await startProvider("pw", 9, { own: good, asks: ours.ca });
    old = await startProvider("pw", 9, { own: expired });
  });
  afterAll(async () => {
    for (const each of [provider, mutual, old]) await each?.stop();
    ours?.remove();
  });

  const TOML = (port: number, more: string): string =>
    gatewayToml(NO_SERVER, NOBODY, {
      sip: "options_interval = 0",
      tables: `[dial]
rules = [{ to = "+49", trunk = "line" }]
[trunks.line]
server = "127.0.0.1:${port}"
transport = "tls"
username = "e123"
password = "pw"
register = true
${more}`,
    });
  const BY = (domain: string, ca: string, own?: Pair): string => `
domain = "${domain}"
ca = "${ca}"
certificate = "${own?.certificate ?? ""}"
key = "${own?.key ?? ""}"
`;
  const trunkOf = async (gateway: GatewayProcess): Promise<Trunk> => {
    const { trunks = [] } = (await (await gateway.health()).json()) as { trunks?: Trunk[] };
    return trunks[0] ?? { name: "none", state: "none" };
  };
  const settled = ({ state }: Trunk): boolean => state !== "registering" && state !== "idle";

  for (const runtime of RUNTIMES)
    describe.skipIf(runtime.missing !== undefined)(`on ${runtime.name}`, () => {
      const seen = async (toml: string): Promise<{ trunk: Trunk; log: string }> => {
        const gateway = await startGateway(toml, runtime);
        try {
          const trunk = await until("an end of the first try", () => trunkOf(gateway), settled);
          await gateway.stop();
          return { trunk, log: gateway.log() };
        } catch (error) {
          await gateway.stop();
          throw error;
        }
      };

      // proves: K22, K14
      test.each([
        [
          "another name",
          () => TOML(provider.tlsPort, BY("other.test", ours.ca)),
          "its certificate is for provider.test, not for other.test",
        ],
        ["an authority that nobody knows", () => TOML(provider.tlsPort, BY("provider.test", other.ca)), UNTRUSTED],
        ["a time that is over", () => TOML(old.tlsPort, BY("provider.test", ours.ca)), "its certificate has expired"],
        ["no TLS at all", () => TOML(provider.port, BY("provider.test", ours.ca)), /\S/],
        ["a certificate of ours that it wants", () => TOML(mutual.tlsPort, BY("provider.test", ours.ca)), /\S/],
        [
          "a certificate of ours of an authority of its own",
          () => TOML(mutual.tlsPort, BY("provider.test", ours.ca, strangers)),
          /\S/,
        ],
      ] as const)("%s keeps it from registering, and health and log say why", async (_, toml, why) => {
        const { trunk, log } = await seen(toml());
        expect(trunk.state).toBe("unreachable");
        expect(trunk.why).toMatch(why);
        const line = log.split("\n").find((each) => each.includes('"state":"unreachable"')) ?? "{}";
        expect(JSON.parse(line)).toMatchObject({ event: "trunk.state", level: "warn", why: trunk.why });
      });

      // proves: K22
      test.each([
        ["the right name and authority", () => TOML(provider.tlsPort, BY("provider.test", ours.ca))],
        ["certificates of both sides", () => TOML(mutual.tlsPort, BY("provider.test", ours.ca, mine))],
      ] as const)("%s: it registers", async (_, toml) => {
        expect((await seen(toml())).trunk).toEqual({ name: "line", state: "registered" });
      });
    });

  // proves: K32
  test("a trunk without an account says why it cannot be reached in health, metrics and log, until it can be", async () => {
    const NO_ACCOUNT = (text: string): string =>
      changed(changed(text, "register = true", "register = false"), "options_interval = 0", "options_interval = 30");
    const gateway = await startGateway(NO_ACCOUNT(TOML(old.tlsPort, BY("provider.test", ours.ca))));
    const why = "its certificate has expired";
    const seen = (wanted: Trunk) =>
      until(
        "the trunk",
        () => trunkOf(gateway),
        (trunk) => Bun.deepEquals(trunk, wanted),
        45,
      );
    await seen({ name: "line", state: "unreachable", why });
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.webPort}/metrics`)).text();
    expect(metrics).toContain(`carillon_trunk_fault{trunk="line",why="${why}"} 1`);
    await hasLogged(gateway, `"trunk":"line","state":"unreachable","why":"${why}"`);
    await old.restart({ own: good });
    gateway.kill("SIGHUP");
    await seen({ name: "line", state: "unregistered" });
    await gateway.stop();
    await old.restart({ own: expired });
  });

  // proves: K32
  test.each([
    [
      "another name",
      () => TOML(provider.tlsPort, BY("other.test", ours.ca)),
      "its certificate is for provider.test, not for other.test",
    ],
    ["an authority that nobody knows", () => TOML(provider.tlsPort, BY("provider.test", other.ca)), UNTRUSTED],
    ["nobody at its port", () => TOML(9, BY("provider.test", ours.ca)), "it refuses the connection"],
    [
      "a certificate of ours that it wants",
      () => TOML(mutual.tlsPort, BY("provider.test", ours.ca)),
      "it rejects our certificate, or requires one",
    ],
  ] as const)("a trunk without an account says that it has %s", async (_, toml, why) => {
    const text = changed(
      changed(toml(), "register = true", "register = false"),
      "options_interval = 0",
      "options_interval = 30",
    );
    const gateway = await startGateway(text);
    const trunk = await until(
      "the trunk",
      () => trunkOf(gateway),
      ({ state }) => state === "unreachable",
    );
    await gateway.stop();
    expect(trunk.why).toBe(why);
  });

  // proves: K22, K25
  test("a certificate that has changed is judged anew, and SIGHUP brings another authority", async () => {
    const toml = TOML(provider.tlsPort, BY("provider.test", ours.ca));
    const gateway = await startGateway(toml);
    const seen = (enough: (trunk: Trunk) => boolean) => until("the trunk", () => trunkOf(gateway), enough, 45);
    await seen(({ state }) => state === "registered");
    await provider.restart({ own: other.sign("changed", "DNS:provider.test") });
    gateway.reload(toml); // the next try would come by itself
    expect(await seen(({ state, why }) => state === "unreachable" && why === UNTRUSTED)).toBeDefined();
    gateway.reload(TOML(provider.tlsPort, BY("provider.test", other.ca)));
    await seen(({ state }) => state === "registered");
    await gateway.stop();
  });

  // proves: K13
  test.each([
    ["there is no such file", 'ca = "/nowhere/ca.pem"', 'ca "/nowhere/ca.pem" cannot be read (ENOENT)'],
    ["it is no certificate", () => `ca = "${good.key}"`, /^ca ".*good\.key" has no certificate in PEM$/],
    [
      "it is no key",
      () => `certificate = "${good.certificate}"\nkey = "${good.certificate}"`,
      /^key ".*" has no private key in PEM$/,
    ],
    [
      "the key is another one's",
      () => `certificate = "${good.certificate}"\nkey = "${mine.key}"`,
      "key is not the key of certificate",
    ],
    ["there is no key", () => `certificate = "${good.certificate}"`, "certificate and key need each other"],
  ] as const)("--check says in one line that %s", async (_, lines, said) => {
    const text = TOML(1, typeof lines === "string" ? lines : lines());
    const { code, error } = await runMain(["--check"], text);
    const [line = "", ...more] = error.split("\n");
    expect([code, more]).toEqual([1, []]);
    const [, told] = /^carillon: (?:carillon\.toml: )?\[trunks\.line\] (.*)$/.exec(line) ?? [];
    expect(told).toMatch(said);
  });
});
