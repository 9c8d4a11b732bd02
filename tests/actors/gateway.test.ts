/** How the gateway starts: what waits for what, and when it is ready. */
import { expect, test } from "bun:test";
import { Gateway } from "../../actors/gateway.ts";
import type { GatewayNeeds } from "../../actors/gateway-config.ts";
import type { LogEvent } from "../../actors/log.ts";
import { MemoryStore, Rows } from "../../actors/store/memory.ts";
import type { Loaded } from "../../actors/store/store.ts";
import { createClock } from "../../replay/clock.ts";
import { gatewayConfig, needsOf, SERVER } from "../../replay/gateway.ts";
import { PlayServer } from "../../replay/server.ts";
import { createWire, type Wire } from "../../replay/wire.ts";
import { TALKING } from "../calls/scenes.ts";
import { Stage } from "../support/play.ts";
import { callerSite } from "../support/site.ts";

/** A gateway that is starting, what it has said, and whether it is ready. */
function starting(change: (wire: Wire) => Partial<GatewayNeeds> = () => ({})) {
  const clock = createClock();
  const wire = createWire(clock);
  const logged: LogEvent[] = [];
  const config = gatewayConfig({ proxy: { transport: "udp", host: "proxy.example", port: 5060 } });
  const gateway = new Gateway(config, { ...needsOf(clock, wire, (event) => void logged.push(event)), ...change(wire) });
  const seen = { ready: false };
  void gateway.ready.then(() => {
    seen.ready = true;
  });
  const listen = () => wire.listen(SERVER, (stream) => new PlayServer(() => {}).accept(stream));
  return { clock, wire, logged, gateway, seen, listen };
}

test("a silent name server delays neither the SIP sockets nor the stream", async () => {
  const { clock, gateway, seen, listen, logged } = starting(() => ({ resolve: () => new Promise(() => {}) }));
  await listen();
  void gateway.start();
  await clock.advance(100);
  expect([gateway.health, seen.ready]).toEqual([
    { sip: true, xmpp: true, proxy: "unknown", relay: "none", state: "running", calls: 0 },
    true,
  ]);
  await clock.advance(3_000);
  expect(logged.find(({ event }) => event === "dns.failed")).toMatchObject({ host: "proxy.example" });
});

test("it is ready when the sockets are open and the stream is up, not before", async () => {
  const { clock, gateway, seen, listen } = starting();
  void gateway.start();
  await clock.advance(100);
  expect([gateway.health.sip, gateway.health.xmpp, seen.ready]).toEqual([true, false, false]);
  await listen();
  await clock.advance(60_000);
  expect([gateway.health.xmpp, seen.ready]).toEqual([true, true]);
});

test("a stop while the sockets are being opened begins no stream, and leaves nothing open", async () => {
  const opened = Promise.withResolvers<void>();
  const { clock, gateway, listen } = starting((wire) => ({
    open: {
      udp: (at, events) => opened.promise.then(() => wire.openUdp(at, events)),
      listen: wire.listen,
      connect: wire.connect,
    },
  }));
  await listen();
  void gateway.start();
  await clock.advance(10);
  gateway.stop();
  opened.resolve();
  await clock.advance(1_000);
  expect([await gateway.stopped, gateway.health.sip, gateway.health.xmpp]).toEqual([null, false, false]);
});

test("a stop while saved calls are being read restores none, opens nothing, and leaves them in the store", async () => {
  const read = Promise.withResolvers<void>();
  const store = new (class extends MemoryStore {
    isClosed = false;
    override async load(): Promise<Loaded> {
      await read.promise;
      return { start: 1, saved: [{ id: "a", revision: 1, text: "{" }] };
    }
    override async close(): Promise<void> {
      this.isClosed = true;
    }
    override write(): Promise<"ok"> {
      throw new Error("nothing is to be written");
    }
  })();
  const { clock, gateway, logged } = starting(() => ({ store }));
  void gateway.start();
  await clock.advance(10);
  gateway.handOver();
  read.resolve();
  await clock.advance(1_000);
  expect(await gateway.stopped).toBeNull();
  expect([gateway.health.sip, gateway.health.calls, store.isClosed, clock.armed]).toEqual([false, 0, true, 0]);
  expect(logged.filter(({ event }) => !/^(?:gateway.state|dns.found)$/.test(event))).toEqual([]);
});

/** A store with one call in it, whose writes never end. */
async function hanging(): Promise<MemoryStore> {
  const rows = new Rows();
  const stage = new Stage({ site: callerSite(), saved: rows });
  await stage.open(["juliet"]);
  await stage.play(`${TALKING}after 2 s\nthe gateway is killed\n`);
  return new (class extends MemoryStore {
    override write(): Promise<"ok"> {
      return new Promise(() => {});
    }
  })(rows);
}

// proves: O1
test("a start waits for no write: the calls that are saved are known, and the ports open", async () => {
  const store = await hanging();
  const { clock, gateway } = starting(() => ({ store }));
  void gateway.start();
  await clock.advance(10);
  expect([gateway.health.state, gateway.health.sip, gateway.health.calls]).toEqual(["running", true, 1]);
});

// proves: O11
test("a disk that hangs holds no exit up: after five seconds the gateway has stopped, and says what is not saved", async () => {
  const store = await hanging();
  const { clock, gateway, logged } = starting(() => ({ store }));
  void gateway.start();
  await clock.advance(2_000);
  gateway.handOver();
  let stopped: string | null | undefined;
  void gateway.stopped.then((why) => {
    stopped = why;
  });
  await clock.advance(4_900);
  expect(stopped).toBeUndefined();
  await clock.advance(100);
  expect(stopped).toBe("[calls] store: 1 change of a call could not be saved");
  expect(logged.filter(({ event }) => event === "store.failed")).toHaveLength(1);
});
