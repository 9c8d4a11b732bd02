/** An account at a provider: the gateway as people run it registers at a real Kamailio, calls by it, is called by it, and leaves. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SessionState } from "sip.js";
import { Authority, noOpenssl } from "../support/certificates.ts";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml, NOBODY } from "../support/gateway-toml.ts";
import { hasLogged } from "../support/has-logged.ts";
import { noKamailio } from "../support/kamailio.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { COMPONENT, DOMAIN, noProsody, type Prosody, startProsody } from "../support/prosody.ts";
import { noKamailioTls, type Provider, startProvider } from "../support/provider.ts";
import { reaches, type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";
import { until } from "../support/until.ts";

const missing = noProsody ?? noKamailio ?? noKamailioTls ?? noOpenssl;
const OFFER = PLAY_TEXTS["offer-contents"] ?? "";
const ANSWER = PLAY_TEXTS["answer-contents"] ?? "";

const TRANSPORTS = ["udp", "tcp", "tls"] as const;

describe.skipIf(missing !== undefined).each(TRANSPORTS)(
  `with Kamailio as a provider, by %s${missing ? ` (left out: ${missing})` : ""}`,
  (transport) => {
    let server: Prosody;
    let phone: SipJsPhone;
    let provider: Provider;
    let gateway: GatewayProcess;
    let authority: Authority;
    let juliet: Device;

    const start = async (password: string): Promise<GatewayProcess> => {
      const toml = gatewayToml(server, NOBODY, {
        sip: "options_interval = 0",
        tables: `[calls]
jmi_timeout = 1
[dial]
country = "49"
area = "89"
rules = [{ to = "+49900" }, { to = "+49", trunk = "line", write = "national" }]
[trunks.line]
server = "127.0.0.1:${transport === "tls" ? provider.tlsPort : provider.port}"
domain = "provider.test"
transport = "${transport}"
ca = "${transport === "tls" ? authority.ca : ""}"
username = "e123"
register = true
expires = 600
identity = "p-preferred"
trusted = true
numbers = [{ number = "+4930123", user = "juliet@${DOMAIN}" }]
default_user = "juliet@${DOMAIN}"`,
      });
      return await startGateway(toml, undefined, { CARILLON_TRUNK_LINE_PASSWORD: password });
    };
    const stateOf = async (of: GatewayProcess): Promise<string> => {
      const body = (await (await of.health()).json()) as { trunks?: { state: string }[] };
      return body.trunks?.[0]?.state ?? "none";
    };

    beforeAll(async () => {
      server = await startProsody(["juliet"]);
      phone = await startSipJsPhone(undefined, "sip:030123456@provider.test");
      authority = new Authority();
      provider = await startProvider("pw", phone.port, { own: authority.sign("provider", "DNS:provider.test") });
      phone.gatewayPort = provider.port;
      gateway = await start("pw");
      await healthy(gateway);
      juliet = new Device(server, "juliet", "balcony");
      await juliet.start();
    });
    afterAll(async () => {
      await juliet?.stop();
      await gateway?.stop();
      await phone?.stop();
      await provider?.stop();
      authority?.remove();
      await server?.stop();
    });

    const hears = async (action: string) => juliet.heard.next((each) => each.action === action, action);

    // proves: K1, K14
    test("it registers by digest, and health says so", async () => {
      expect(
        await until(
          "a registration",
          () => stateOf(gateway),
          (state) => state === "registered",
        ),
      ).toBe("registered");
      const registers = (await provider.heard()).filter((line) => line.startsWith("REGISTER"));
      expect(registers).toHaveLength(2);
      expect(registers[1]).toContain("REGISTER sip:provider.test from sip:e123@provider.test");
    });

    // proves: K6, K7
    test("juliet calls a number as she types it: From the account, in the provider's form", async () => {
      await juliet.say(`030\\20123-456@${COMPONENT}`, "session-initiate", "out-1", OFFER);
      const invitation = await phone.invitations.next(undefined, "the INVITE");
      expect(invitation.request.ruri?.toString()).toBe("sip:030123456@provider.test");
      expect(invitation.request.from.uri.toString()).toBe("sip:e123@provider.test");
      expect(invitation.request.getHeader("P-Preferred-Identity")).toBe("<sip:+4930123@provider.test>");
      expect(invitation.request.toString()).not.toContain("juliet");
      await invitation.accept();
      await hears("session-accept");
      const over = reaches(invitation, SessionState.Terminated);
      await juliet.say(`030\\20123-456@${COMPONENT}`, "session-terminate", "out-1", "<reason><success/></reason>");
      await over;
    });

    // proves: A26
    test("juliet calls a number that nobody may call: the provider hears nothing of it", async () => {
      await juliet.say(`0900123456@${COMPONENT}`, "session-initiate", "out-2", OFFER).catch(() => {});
      await hasLogged(gateway, "this number may not be called");
      expect((await provider.heard()).join("\n")).not.toMatch(/INVITE .*900/);
    });

    // proves: K9, K10
    test("the account is called: juliet rings, and sees the number that the provider asserts", async () => {
      const call = phone.call("sip:+4930123@provider.test");
      await call.invite();
      const { from, jingle } = await hears("session-initiate");
      expect(from).toBe(`+4989555@${COMPONENT}/sip`);
      const established = reaches(call, SessionState.Established);
      await juliet.say(from, "session-accept", String(jingle.attrs.sid), ANSWER);
      await established;
      await call.bye();
      await hears("session-terminate");
    });

    // proves: K5
    test("SIGTERM takes the registration away", async () => {
      gateway.kill("SIGTERM");
      expect(await gateway.exited).toBe(0);
      const registers = (await provider.heard()).filter((line) => line.startsWith("REGISTER"));
      expect(registers.at(-1)).toContain(" expires 0 ");
      const call = phone.call("sip:+4930123@provider.test");
      await call.invite();
      await reaches(call, SessionState.Terminated);
    });

    // proves: K1
    test("a wrong password is refused once, and waits", async () => {
      gateway = await start("another");
      const seen = (): Promise<string> => stateOf(gateway);
      expect(await until("a refusal", seen, (state) => state === "refused")).toBe("refused");
      const lines = (await provider.heard()).length;
      await Bun.sleep(1_000);
      expect(await provider.heard()).toHaveLength(lines);
    });
  },
);
