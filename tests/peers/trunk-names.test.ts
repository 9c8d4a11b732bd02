/**
 * A provider of two places by SRV, at a real name server and by real sockets, whose first place is dead: the gateway as people run it, on each
 * runtime. The phone behind it answers at once, so how long a call takes is what the dead place has cost.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PlayPhone } from "../../journal/play-phone.ts";
import type { Address, Datagrams } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml, NOBODY } from "../support/gateway-toml.ts";
import { hasLogged } from "../support/has-logged.ts";
import { NameServer, type Names, noNameServer } from "../support/name-server.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { BUN, RUNTIMES } from "../support/runtimes.ts";
import { StubUser } from "../support/stub-user.ts";

const SDP = PLAY_TEXTS["answer-sdp"] ?? "";

/** A place of the provider: a phone that answers each request, where it is not dead. */
class Place {
  isAlive: boolean;
  readonly heard: string[] = [];
  readonly #phone = new PlayPhone("127.0.0.1:5060");
  #socket: Datagrams | undefined;

  constructor(isAlive: boolean) {
    this.isAlive = isAlive;
  }

  async open(): Promise<number> {
    const received = (bytes: Uint8Array, from: Address): void => this.#heard(new TextDecoder().decode(bytes), from);
    this.#socket = await openUdp({ host: "127.0.0.1", port: 0 }, { received, failed: () => {} });
    return this.#socket.local.port;
  }

  close(): Promise<void> | undefined {
    return this.#socket?.close();
  }

  #heard(text: string, from: Address): void {
    if (!this.isAlive || text.startsWith("SIP/2.0")) return;
    const method = text.split(" ")[0] ?? "";
    this.heard.push(method);
    this.#phone.hear(text);
    if (method === "ACK") return;
    const answer = `SIP/2.0 200 OK\nTo: <sip:x@provider.test>;tag=${Math.random()}\nContact: <sip:x@127.0.0.1:5060>`;
    const whole = method === "INVITE" ? `${answer}\nContent-Type: application/sdp\n\n${SDP}` : "SIP/2.0 200 OK";
    this.#socket?.send(new TextEncoder().encode(this.#phone.complete(whole)), from);
  }
}

describe.skipIf(noNameServer !== undefined)(
  `a provider by SRV${noNameServer ? ` (left out: ${noNameServer})` : ""}`,
  () => {
    let server: NameServer;
    let names: Names;
    const juliet = new StubUser();
    const first = new Place(false);
    const second = new Place(true);

    beforeAll(async () => {
      const service = (priority: number, port: number, target: string) => ({ priority, port, target });
      const [one, two] = [await first.open(), await second.open()];
      names = {
        addresses: { "one.provider.test": "127.0.0.1", "two.provider.test": "127.0.0.1" },
        services: {
          "_sip._udp.provider.test": [service(10, one, "one.provider.test"), service(20, two, "two.provider.test")],
        },
        silent: "slow.test",
      };
      server = await NameServer.start(names);
      await juliet.start();
    });
    afterAll(async () => {
      server?.stop();
      await juliet.stop();
      await Promise.all([first, second].map((each) => each.close()));
    });

    const TOML = (): string =>
      gatewayToml(juliet.server, NOBODY, {
        sip: "options_interval = 0",
        tables: `[dial]
calls_per_user = 0
rules = [{ to = "+49", trunk = "line" }, { to = "+33", trunk = "slow" }]
[trunks.line]
server = "provider.test"
transport = "udp"
[trunks.slow]
server = "slow.test"`,
      });

    /** A call that is answered, and hung up: how many milliseconds the answer has taken. */
    const answered = async (number = "+4930456"): Promise<number> => {
      const begun = performance.now();
      const sid = juliet.dials(number);
      await juliet.hears(sid, "session-accept");
      const took = performance.now() - begun;
      juliet.hangsUp(number, sid);
      return took;
    };

    for (const runtime of RUNTIMES)
      describe.skipIf(runtime.missing !== undefined)(`on ${runtime.name}`, () => {
        let gateway: GatewayProcess;
        beforeAll(async () => {
          first.isAlive = false;
          gateway = await startGateway(TOML(), { ...runtime, command: server.atIt(runtime.command) });
          await healthy(gateway);
          juliet.comes();
        });
        afterAll(async () => {
          names.silent = "slow.test";
          await gateway?.stop();
        });

        // proves: K15, K16
        test("whose first place is dead answers within five seconds, and then at once", async () => {
          const took = await answered();
          expect(took).toBeGreaterThan(3_500);
          expect(took).toBeLessThan(5_000);
          expect(await answered()).toBeLessThan(1_000);
          expect(server.asked).toContain("33 _sip._udp.provider.test");
        });

        // proves: K33
        test("costs nothing where the name server is silent about another one, nor where it is silent about all", async () => {
          const slow = juliet.dials("+33123456");
          expect(await answered()).toBeLessThan(1_000);
          const asked = performance.now();
          expect((await gateway.health()).status).toBe(200);
          expect(performance.now() - asked).toBeLessThan(500);
          names.silent = "test";
          expect(await answered()).toBeLessThan(1_000);
          await juliet.hears(slow, "session-terminate");
          expect(await answered()).toBeLessThan(1_000);
          names.silent = "slow.test";
        });

        // a minute of waiting, which is the same on each runtime
        if (runtime === BUN)
          // proves: K16
          test("is called at its first place again once that answers", async () => {
            first.isAlive = true;
            await hasLogged(gateway, '"state":"alive"', 90);
            const before = first.heard.filter((method) => method === "INVITE").length;
            await answered();
            expect(first.heard.filter((method) => method === "INVITE")).toHaveLength(before + 1);
          }, 100_000);
      });
  },
);
