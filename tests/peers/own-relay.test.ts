/** `[media] relay = "own"` as people run it, on each runtime: the relay's process starts with the gateway, is started again, and ends with it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Asked, HERE, hearEachOther, PhonePeer, UserPeer } from "../relay/peers.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { type GatewayProcess, runMain, startGateway } from "../support/gateway-process.ts";
import { gatewayToml, NO_SERVER, NOBODY } from "../support/gateway-toml.ts";
import { hasLogged } from "../support/has-logged.ts";
import { freePorts } from "../support/ports.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

/** There is no XMPP server, and no proxy: the relay needs neither. */
const toml = ({ ng, xmpp }: { readonly ng: number; readonly xmpp: number }, address = HERE): string =>
  gatewayToml({ ...NO_SERVER, componentPort: xmpp }, NOBODY, {
    sip: 'media = "rtp"\noptions_interval = 0',
    tables: `[media]
relay = "own"
addresses = ["${address}"]
first_port = 44000
last_port = 44999
ng_port = ${ng}`,
  });

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

for (const runtime of RUNTIMES) {
  const { name, missing } = runtime;
  describe.skipIf(missing !== undefined)(`on ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    let gateway: GatewayProcess;
    let relay: Asked;

    beforeAll(async () => {
      const ports = await freePorts("ng", "xmpp");
      gateway = await startGateway(toml(ports), runtime);
      relay = new Asked({ host: HERE, port: ports.ng });
    });
    afterAll(async () => {
      relay?.forget();
      await gateway?.stop();
    });

    const pids = (): number[] =>
      [...gateway.log().matchAll(/"event":"relay\.listening","pid":(\d+)/g)].map(([, pid]) => Number(pid));
    const state = async (): Promise<string> => ((await (await gateway.health()).json()) as { relay: string }).relay;
    const isUp = (): Promise<unknown> => until("a relay that is up", state, (said) => said === "up");

    // proves: V21
    test("it is up, and a user and a phone hear each other by it", async () => {
      await isUp();
      const [user, phone] = [new UserPeer(), new PhonePeer()];
      await phone.start();
      phone.takes(await relay.rewrite("1", "phone", "offer", await user.offer()));
      await user.takes(await relay.rewrite("1", "user", "answer", phone.describe()));
      await user.connected();
      await hearEachOther(user, phone);
      await user.stop();
      phone.stop();
    });

    // proves: V21
    test("it is killed, and another is started, which is up and has no calls", async () => {
      process.kill(pids().at(-1) ?? 0, "SIGKILL");
      await until("another process", pids, ({ length }) => length === 2);
      await isUp();
      // whoever asks has noticed that it was down, too, and asks again within a second
      const calls = (): Promise<unknown> => relay.calls().catch(() => undefined);
      expect(await until("its list of calls", calls, (listed) => listed !== undefined)).toEqual([]);
      await hasLogged(gateway, '"event":"relay.process.ended","reason":"SIGKILL"');
    });

    // proves: V21
    test("SIGTERM ends both", async () => {
      expect(await gateway.stop()).toBe(0);
      expect(pids().filter(isAlive)).toEqual([]);
    });

    // proves: V21
    test("as a service of its own, without a gateway, it stays until SIGTERM", async () => {
      const folder = makeFolder("relay");
      const ports = await freePorts("ng", "xmpp");
      writeFileSync(join(folder, "relay.toml"), toml(ports));
      const command = [...runtime.command, "main.ts", "relay", "--config", join(folder, "relay.toml")];
      const service = Bun.spawn(command, { cwd: join(import.meta.dir, "../.."), stdin: null, stdout: "ignore" });
      const asked = new Asked({ host: HERE, port: ports.ng });
      const pong = (): Promise<unknown> =>
        asked.ask("ping").then(
          ({ result }) => result,
          () => undefined,
        );
      await until("pong", pong, (result) => result === "pong");
      service.kill("SIGHUP");
      expect(await pong()).toBe("pong");
      asked.forget();
      service.kill();
      expect(await service.exited).toBe(0);
      removeFolder(folder);
    });

    // proves: V21
    test("a gateway that is killed takes its relay with it", async () => {
      gateway = await startGateway(toml(await freePorts("ng", "xmpp")), runtime);
      await isUp();
      process.kill(gateway.pid, "SIGKILL");
      await gateway.exited;
      await until(
        "the end of the relay",
        () => pids().filter(isAlive),
        ({ length }) => length === 0,
        20,
      );
    });
  });
}

// proves: V21
test("an address that is not this machine's is one line", async () => {
  const { code, error } = await runMain(["relay"], toml(await freePorts("ng", "xmpp"), "192.0.2.77"));
  const why = "[media] addresses, 192.0.2.77: not an address of this machine (EADDRNOTAVAIL)";
  expect([code, error]).toEqual([1, `carillon: ${why}`]);
});

test("it is a command of a configuration that has it", async () => {
  const { code, error } = await runMain(["relay"], '[xmpp]\nsecret = "secret"\nhosts = ["example.org"]\n');
  expect([code, error]).toEqual([1, 'carillon: relay needs a configuration with [media] relay = "own"']);
});
