/**
 * A provider that connects to us by TLS, and has no account: a real Kamailio with a certificate of its own calls the gateway as people run it, on
 * each runtime, and what follows comes by its connection. Nobody listens where the trunk is said to be, so nothing can go another way.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SessionState } from "sip.js";
import { Authority, noOpenssl, type Pair } from "../support/certificates.ts";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml, NOBODY } from "../support/gateway-toml.ts";
import { hasLogged } from "../support/has-logged.ts";
import { noKamailio } from "../support/kamailio.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { freePort } from "../support/ports.ts";
import { program } from "../support/programs.ts";
import { DOMAIN, noProsody, type Prosody, startProsody } from "../support/prosody.ts";
import { noKamailioTls, type Provider, startProvider } from "../support/provider.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { reaches, type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";
import { until } from "../support/until.ts";

const missing = noProsody ?? noKamailio ?? noKamailioTls ?? noOpenssl;
const ANSWER = PLAY_TEXTS["answer-contents"] ?? "";
const NUMBER = "sip:+4930123@provider.test";

describe.skipIf(missing !== undefined)(`Kamailio connects by TLS${missing ? ` (left out: ${missing})` : ""}`, () => {
  let server: Prosody;
  let phone: SipJsPhone;
  let ours: Authority;
  let other: Authority;
  let us: Pair;
  let good: Pair;
  let provider: Provider;
  let tlsPort: number;
  let nobody: number;

  beforeAll(async () => {
    server = await startProsody(["juliet"]);
    phone = await startSipJsPhone(undefined, "sip:030123456@provider.test");
    ours = new Authority();
    other = new Authority(ours.folder, "other");
    us = ours.sign("us", "IP:127.0.0.1");
    good = ours.sign("good", "DNS:provider.test");
    [tlsPort, nobody] = [await freePort(), await freePort()];
    provider = await startProvider("pw", phone.port, { own: good, gateway: { port: tlsPort, ca: ours.ca } });
    phone.gatewayPort = provider.port;
  });
  afterAll(async () => {
    await phone?.stop();
    await provider?.stop();
    ours?.remove();
    await server?.stop();
  });

  const TOML = (ca: string): string =>
    gatewayToml(server, NOBODY, {
      proxyHost: "127.0.0.9",
      sip: `options_interval = 0
tls_port = ${tlsPort}
certificate = "${us.certificate}"
key = "${us.key}"
ca = "${ca}"`,
      tables: `[calls]
jmi_timeout = 1
[dial]
rules = [{ to = "+49", trunk = "line" }]
[trunks.line]
server = "127.0.0.1:${nobody}"
domain = "provider.test"
transport = "tls"
trusted = true
numbers = [{ number = "+4930123", user = "juliet@${DOMAIN}" }]`,
    });

  for (const runtime of RUNTIMES)
    describe.skipIf(runtime.missing !== undefined)(`on ${runtime.name}`, () => {
      let gateway: GatewayProcess;
      let juliet: Device;

      beforeAll(async () => {
        gateway = await startGateway(TOML(ours.ca), runtime);
        await healthy(gateway);
        juliet = new Device(server, "juliet", "balcony");
        await juliet.start();
      });
      afterAll(async () => {
        await juliet?.stop();
        await gateway?.stop();
        await provider.restart({ own: good, gateway: { port: tlsPort, ca: ours.ca } });
      });

      const hears = async (action: string) => juliet.heard.next((each) => each.action === action, action);
      const talks = async () => {
        const call = phone.call(NUMBER);
        const [established, over] = [SessionState.Established, SessionState.Terminated].map((state) =>
          reaches(call, state),
        );
        await call.invite();
        const { from, jingle } = await hears("session-initiate");
        const sid = String(jingle.attrs.sid);
        await juliet.say(from, "session-accept", sid, ANSWER);
        await established;
        return { call, from, sid, over };
      };
      /** The end of a call that is refused. */
      const refused = async (): Promise<void> => {
        const call = phone.call(NUMBER);
        const over = reaches(call, SessionState.Terminated);
        await call.invite();
        await over;
      };
      const said = (reason: string) => hasLogged(gateway, reason);

      // proves: K29
      test("juliet is called, and hangs up: BYE goes by the connection that Kamailio has made", async () => {
        const byes = async () => (await provider.heard()).filter((line) => line.startsWith("BYE ")).length;
        const before = await byes();
        const { from, sid, over } = await talks();
        await juliet.say(from, "session-terminate", sid, "<reason><success/></reason>");
        await over;
        await until("BYE at Kamailio", byes, (number) => number === before + 1);
      });

      // proves: K29
      test("juliet is called, and the phone hangs up", async () => {
        const { call } = await talks();
        await call.bye();
        await hears("session-terminate");
      });

      // proves: K27, K29
      test("with a certificate of another name, or of an authority that is not known, it is a stranger", async () => {
        const gatewayOf = { port: tlsPort, ca: ours.ca };
        await provider.restart({ own: ours.sign("else", "DNS:else.test"), gateway: gatewayOf });
        await refused();
        await provider.restart({ own: other.sign("strange", "DNS:provider.test"), gateway: gatewayOf });
        await refused();
        const why = "its certificate is issued by an authority that is not trusted";
        expect(await said("invalid certificate")).toContain(`"why":"${why}"`);
      });

      // proves: K25, K27
      test("SIGHUP brings the authority that it is of", async () => {
        gateway.reload(TOML(other.ca));
        await said("config.reloaded");
        const { from, sid, over } = await talks();
        await juliet.say(from, "session-terminate", sid, "<reason><success/></reason>");
        await over;
      });

      // proves: K28
      test("a stranger without a certificate is answered 403, and one who speaks no SIP hears nothing", async () => {
        const asks = (says: string): string => {
          const command = [program("openssl"), "s_client", "-quiet", "-connect", `127.0.0.1:${tlsPort}`];
          const stdin = new TextEncoder().encode(says);
          return Bun.spawnSync(command, { stdin, stderr: "ignore", timeout: 2_000 }).stdout.toString();
        };
        const via = "Via: SIP/2.0/TLS x.test:5061;branch=z9hG4bK1";
        const more =
          "From: <sip:a@x.test>;tag=a\r\nTo: <sip:b@x.test>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0";
        expect(asks(`OPTIONS sip:b@x.test SIP/2.0\r\n${via}\r\n${more}\r\n\r\n`)).toStartWith("SIP/2.0 403 ");
        expect(asks("GET / HTTP/1.1\r\n\r\n")).toBe("");
      });
    });
});
