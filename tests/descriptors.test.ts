/** The gateway with 96 descriptors, and who wants them all: it goes on, answers, and does not spin. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { type GatewayProcess, startGateway } from "./support/gateway-process.ts";
import { BUN, type Runtime } from "./support/runtimes.ts";
import { until } from "./support/until.ts";

const FEW: Runtime = { name: "Bun", command: ["sh", "-c", `ulimit -n 96 && exec ${BUN.command.join(" ")} "$@"`, "sh"] };
const TOML = `
[modules.mod_jingle_sip]
listen_port = 0
proxy_host = "127.0.0.1"
[sip]
bind = ["127.0.0.1"]
options_interval = 0
[xmpp]
host = "127.0.0.1"
port = 1
domain = "sip.example.org"
secret = "s3cret"
hosts = ["example.com"]
[web]
port = 0
`;

/** Seconds of a processor that the process has used: utime and stime in hundredths (proc(5)). */
function seconds({ pid }: GatewayProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

// proves: G18
test("300 connections to SIP and to the window: both go on, and the process is idle", async () => {
  const gateway = await startGateway(TOML, FEW);
  const open = new Set<unknown>();
  const wanted = (port: number, count: number) =>
    Array.from({ length: count }, () => {
      const socket = connect(port, "127.0.0.1");
      return socket
        .on("error", () => {})
        .on("connect", () => open.add(socket))
        .on("close", () => open.delete(socket));
    });
  const sip = wanted(gateway.sipPort, 300);
  await until(
    "the connections that are kept",
    () => open.size,
    (size) => size > 0 && size <= 48,
  );
  const before = seconds(gateway);
  await Bun.sleep(2_000); // as long as a busy loop needs to show
  expect(seconds(gateway) - before).toBeLessThan(0.2);
  for (const socket of wanted(gateway.webPort, 300))
    socket.on("connect", () => setTimeout(() => socket.destroy(), 500));
  await until(
    "an answer of the window",
    () =>
      gateway.health().then(
        ({ status }) => status,
        () => 0,
      ),
    (status) => status === 503,
  );
  for (const socket of sip) socket.destroy();
  await until(
    "no connection",
    () => open.size,
    (size) => size === 0,
  );
  const again = wanted(gateway.sipPort, 1);
  await until(
    "a connection that is kept",
    () => open.size,
    (size) => size === 1,
  );
  for (const socket of again) socket.destroy();
  expect(await gateway.stop()).toBe(0);
});
