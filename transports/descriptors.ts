/**
 * How many descriptors this process may have: sockets are descriptors, and who has none left can accept nothing.
 *
 * Linux tells it in /proc/self/limits (proc(5)); elsewhere there is no bound that we know of. All three runtimes raise the soft limit to the hard one
 * when they start.
 */
import { readFileSync } from "node:fs";

export function mostDescriptors(): number {
  const [, soft] = /^Max open files +(\d+)/m.exec(limits()) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

function limits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return ""; // not Linux
  }
}
