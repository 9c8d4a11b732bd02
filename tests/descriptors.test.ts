/** The gateway with 96 descriptors, and who wants them all: it goes on, answers, and does not spin. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { type GatewayProcess, startGateway } from "./support/gateway-process.ts";
import { gatewayToml, NO_SERVER, NOBODY } from "./support/gateway-toml.ts";
import { BUN, type Runtime } from "./support/runtimes.ts";
import { until } from "./support/until.ts";

const FEW: Runtime = { name: "Bun", command: ["sh", "-c", `ulimit -n 96 && exec ${BUN.command.join(" ")} "$@"`, "sh"] };
const TOML = gatewayToml(NO_SERVER, NOBODY, { sip: "options_interval = 0" });

/** What the main thread does ("S": sleeps), and hundredths of a second of a processor that the process has used (proc(5)). */
function statOf({ pid }: GatewayProcess): { readonly state: string | undefined; readonly used: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], used: Number(fields[11]) + Number(fields[12]) };
}

/** Looks that show nothing of a busy loop: one that is kept from the processor by others does not sleep. */
const QUIET_LOOKS = 5;

/** Waits until the process sleeps, and has used nothing from look to look. */
async function sleeps(gateway: GatewayProcess): Promise<void> {
  let before = 0;
  let quiet = 0;
  const look = (): number => {
    const { state, used } = statOf(gateway);
    quiet = state === "S" && used === before ? quiet + 1 : 0;
    before = used;
    return quiet;
  };
  await until("an idle process", look, (looks) => looks >= QUIET_LOOKS);
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
  await sleeps(gateway);
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
