/** What a piece of work costs: processor time of this process, which does not grow when the machine has other things to do. */
export function cpuMilliseconds(run: () => unknown): number {
  const begun = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}
