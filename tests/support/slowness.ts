/** Times of a busy machine, as they were on one that does nothing else. */

/** 200 ms of CPU. */
const WORK = "const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end);";

/** How many times longer than its CPU time a process takes now. */
function slowness(): number {
  const began = performance.now();
  const { resourceUsage } = Bun.spawnSync([process.execPath, "-e", WORK]);
  return Math.max(1, (performance.now() - began) / (Number(resourceUsage.cpuTime.total) / 1_000));
}

/** The milliseconds that something takes, as on a machine that does nothing else. */
export async function quietMilliseconds(run: () => Promise<unknown>): Promise<number> {
  const before = slowness();
  const began = performance.now();
  await run();
  const took = performance.now() - began;
  return took / Math.max(before, slowness());
}
