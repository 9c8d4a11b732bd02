/**
 * Providers that nothing can be done with, by real sockets, and the gateway as people run it: one that says nothing, nonsense, or 403 for ever, and
 * one that takes an account and hangs up. Each is a state with its reason in health and log, and no call hangs. All run at the same time, since each
 * waits for 64*T1 twice.
 */
import { describe, expect, test } from "bun:test";
import { PlayPhone } from "../../journal/play-phone.ts";
import { listenTcp } from "../../transports/tcp.ts";
import type { Address, ByteStream, StreamEvents } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml, NOBODY } from "../support/gateway-toml.ts";
import { hasLogged } from "../support/has-logged.ts";
import { StubUser } from "../support/stub-user.ts";
import { until } from "../support/until.ts";

/** What a provider says to a request. */
type Says = (request: string, phone: PlayPhone) => string | undefined;

const NONSENSE = "\u0000\u00ff\u00fe SIP/9 200\r\n\r\nContent-Length: -1\r\n\r\n";
const answer = (start: string) => (request: string, phone: PlayPhone) => {
  if (request.startsWith("ACK")) return undefined;
  phone.hear(request);
  return phone.complete(`${start}\nTo: <sip:x@127.0.0.1>;tag=them`);
};
const GRANTS: Says = (request, phone) =>
  answer(request.startsWith("REGISTER") ? "SIP/2.0 200 OK" : "SIP/2.0 404 Not Found")(request, phone);

interface Heard {
  readonly port: number;
  readonly requests: string[];
  close(): Promise<void>;
}

async function byUdp(says: Says): Promise<Heard> {
  const requests: string[] = [];
  const phone = new PlayPhone("127.0.0.1:5060");
  const received = (bytes: Uint8Array, from: Address): void => {
    const request = new TextDecoder().decode(bytes);
    requests.push(request.split(" ", 1)[0] ?? "");
    const said = says(request, phone);
    if (said !== undefined) socket.send(new TextEncoder().encode(said), from);
  };
  const socket = await openUdp({ host: "127.0.0.1", port: 0 }, { received, failed: () => {} });
  return { port: socket.local.port, requests, close: () => socket.close() };
}

/** Ends each connection as soon as it has answered. */
async function hangingUp(says: Says): Promise<Heard> {
  const requests: string[] = [];
  const phone = new PlayPhone("127.0.0.1:5060");
  const accept = (stream: ByteStream): StreamEvents => ({
    received: (bytes) => {
      const request = new TextDecoder().decode(bytes);
      requests.push(request.split(" ", 1)[0] ?? "");
      stream.write(says(request, phone) ?? "");
      stream.end();
    },
    closed: () => {},
  });
  const listener = await listenTcp({ host: "127.0.0.1", port: 0 }, accept);
  return { port: listener.local.port, requests, close: () => listener.close() };
}

describe("a provider", () => {
  const TOML = (juliet: StubUser, port: number, transport: string): string =>
    gatewayToml(juliet.server, NOBODY, {
      sip: "options_interval = 0",
      tables: `[dial]
rules = [{ to = "+49", trunk = "line" }]
[trunks.line]
server = "127.0.0.1:${port}"
transport = "${transport}"
username = "620"
password = "pw"
register = true`,
    });
  const trunkOf = async (gateway: GatewayProcess) => {
    const { trunks = [] } = (await (await gateway.health()).json()) as { trunks?: { state: string; why?: string }[] };
    return trunks[0] ?? { state: "none" };
  };
  const bad: [what: string, open: () => Promise<Heard>, transport: string, state: string, why: string | RegExp][] = [
    ["says nothing", () => byUdp(() => undefined), "udp", "unreachable", "it does not answer"],
    ["says nonsense", () => byUdp(() => NONSENSE), "udp", "unreachable", "it does not answer"],
    ["says nonsense over TCP", () => hangingUp(() => NONSENSE), "tcp", "unreachable", /\S/],
    ["says 403 for ever", () => byUdp(answer("SIP/2.0 403 Forbidden")), "udp", "refused", "403 Forbidden"],
    ["takes the account and hangs up", () => hangingUp(GRANTS), "tcp", "unreachable", "the connection was closed"],
  ];

  // proves: K34
  test.concurrent.each(bad)(
    "that %s is a state with its reason, and a call by it ends",
    async (_, open, transport, state, why) => {
      const provider = await open();
      const juliet = new StubUser();
      await juliet.start();
      const gateway = await startGateway(TOML(juliet, provider.port, transport));
      try {
        await healthy(gateway);
        const seen = await until(
          "the state",
          () => trunkOf(gateway),
          (trunk) => trunk.state === state,
        );
        expect(seen.why).toMatch(why);
        await hasLogged(gateway, `"state":"${state}"`);
        const registers = provider.requests.filter((each) => each === "REGISTER").length;
        const sid = juliet.dials("+4930456");
        await juliet.hears(sid, "session-terminate");
        // UDP repeats itself until Timer F (RFC 3261 §17.1.2.2): what is asked once is asked in vain 11 times at most
        expect(registers).toBeLessThanOrEqual(transport === "udp" ? 11 : 2);
      } finally {
        await gateway.stop();
        await juliet.stop();
        await provider.close();
      }
    },
    120_000,
  );
});
