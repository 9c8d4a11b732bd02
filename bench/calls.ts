/**
 * npm run bench [-- --calls 4000 --small 400 --browser 200 --only user,small]
 *
 * The cost of a call: CPU of the gateway's process for a whole call (set up, answered, hung up), in each direction and with a small and a
 * browser's offer, and the time to be answered (memory: memory.ts; two commits side by side: compare.ts). The gateway has one core to
 * itself; SIPp (apt-get install sip-tester) and a minimal XMPP server share another. The figures depend on machine and time: compare
 * within a run, not between runs. The last ones are in bench/README.md.
 */
import { parseArgs } from "node:util";
import { type Begins, Run, type Size } from "./run.ts";
import { percentile } from "./statistics.ts";

const options = {
  calls: { type: "string", default: "4000" },
  small: { type: "string", default: "400" },
  browser: { type: "string", default: "200" },
  only: { type: "string", default: "" },
} as const;
const { values } = parseArgs({ options });
const calls = Number(values.calls);

async function measure(size: Size, begins: Begins): Promise<string> {
  const rate = Number(values[size]);
  const run = new Run(size, begins);
  await run.open();
  await run.make(Math.min(2_000, calls), "warm", rate);
  const cpu = run.gateway.watchCpu();
  const took = await run.make(calls, "call", rate);
  const cost = cpu().all / calls;
  await run.close();
  const cells = [
    ...[size, `the ${begins} calls`, `${rate}`, `${took.length} of ${calls}`],
    ...[cost.toFixed(0), (1e6 / cost).toFixed(0), percentile(took, 0.5).toFixed(1), percentile(took, 0.99).toFixed(1)],
  ];
  return `| ${cells.join(" | ")} |`;
}

console.log("| offer | who calls | calls/s | answered | µs CPU a call | calls/CPU-s | p50 ms | p99 ms |");
console.log("|---|---|---|---|---|---|---|---|");
const wanted = values.only.split(",").filter((word) => word !== "");
for (const size of ["small", "browser"] as const)
  for (const begins of ["user", "phone"] as const)
    if (wanted.every((word) => word === size || word === begins)) console.log(await measure(size, begins));
process.exit(0);
