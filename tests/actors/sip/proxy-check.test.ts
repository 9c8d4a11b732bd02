/** Whether the proxy is there: OPTIONS every while, unless calls have shown it; told when it changes. */
import { expect, test } from "bun:test";
import { Gateway } from "../../../actors/gateway.ts";
import type { LogEvent } from "../../../actors/log.ts";
import { createClock } from "../../../replay/clock.ts";
import { GATEWAY, gatewayConfig, needsOf, PROXY } from "../../../replay/gateway.ts";
import { createWire } from "../../../replay/wire.ts";

/** A gateway that asks every 30 seconds, and a proxy that notes the OPTIONS it hears, and answers while it is there. */
async function scene() {
  const clock = createClock();
  const wire = createWire(clock);
  const logged: LogEvent[] = [];
  const gateway = new Gateway(
    { ...gatewayConfig(), proxyInterval: 30_000 },
    needsOf(clock, wire, (event) => void logged.push(event)),
  );
  const begun = clock.now();
  const proxy = { status: "200 OK", isThere: true, asked: [] as number[], calls: new Set<string>() };
  const socket = await wire.openUdp(PROXY, {
    received: (bytes) => {
      const text = new TextDecoder().decode(bytes);
      if (!text.startsWith("OPTIONS ")) return;
      const id = /^Call-ID: (.*)\r$/m.exec(text)?.[1] ?? "";
      if (!proxy.calls.has(id)) proxy.asked.push(Math.round((clock.now() - begun) / 1_000));
      proxy.calls.add(id);
      const fields = text.split("\r\n").filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/.test(line));
      if (proxy.isThere) say([`SIP/2.0 ${proxy.status}`, ...fields, "Content-Length: 0", "", ""].join("\r\n"));
    },
    failed: () => {},
  });
  const say = (text: string): void => socket.send(new TextEncoder().encode(text), GATEWAY);
  void gateway.start();
  const changes = () => logged.filter(({ event }) => event === "sip.proxy");
  return { clock, gateway, proxy, say, changes };
}

test("it is asked at the start and every 30 seconds, and is up as long as it answers", async () => {
  const { clock, gateway, proxy, changes } = await scene();
  expect(gateway.health.proxy).toBe("unknown");
  await clock.advance(100_000);
  expect(proxy.asked).toEqual([0, 30, 60, 90]);
  expect(gateway.health.proxy).toBe("up");
  expect(changes()).toMatchObject([{ level: "info", state: "up", ...PROXY, transport: "udp" }]);
});

test("a refusal is a sign of life, too", async () => {
  const { clock, gateway, proxy } = await scene();
  proxy.status = "403 Forbidden";
  await clock.advance(1_000);
  expect(gateway.health.proxy).toBe("up");
});

test("it is down when Timer F runs out, and up again with its next answer", async () => {
  const { clock, gateway, proxy, changes } = await scene();
  await clock.advance(1_000);
  proxy.isThere = false;
  await clock.advance(60_000);
  expect(gateway.health.proxy).toBe("up");
  await clock.advance(2_000);
  expect(gateway.health.proxy).toBe("down");
  proxy.isThere = true;
  await clock.advance(5_000);
  expect(gateway.health.proxy).toBe("up");
  expect(changes()).toMatchObject([
    { level: "info", state: "up" },
    { level: "warn", state: "down", timer: "Timer F", ...PROXY },
    { level: "info", state: "up" },
  ]);
});

test("it is not asked while its calls show it alive", async () => {
  const { clock, proxy, say } = await scene();
  for (let times = 0; times < 9; times++) {
    await clock.advance(10_000);
    say(
      `OPTIONS sip:192.0.2.1:5600 SIP/2.0\r\nVia: SIP/2.0/UDP ${PROXY.host}:${PROXY.port};branch=z9hG4bKp${times}\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:c@d>\r\nCall-ID: p${times}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
    );
  }
  expect(proxy.asked).toEqual([0]);
  await clock.advance(31_000);
  expect(proxy.asked).toEqual([0, 120]);
});

test("what others say is no sign of the proxy", async () => {
  const { clock, gateway, proxy } = await scene();
  proxy.isThere = false;
  await clock.advance(40_000);
  expect(gateway.health.proxy).toBe("down");
});

test("it does not go on when the gateway has stopped", async () => {
  const { clock, gateway, proxy } = await scene();
  await clock.advance(1_000);
  gateway.stop();
  await clock.advance(200_000);
  expect(proxy.asked).toEqual([0]);
  expect(clock.armed).toBe(0);
});
