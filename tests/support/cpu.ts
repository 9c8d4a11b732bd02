/** The CPU time of a piece of work in this process, which does not depend on other load. */
export function cpuMilliseconds(run: () => unknown): number {
  const begun = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}
