/**
 * The descriptor limit of this process: each socket is a descriptor, and a process without a free one can accept nothing.
 *
 * Linux: /proc/self/limits (proc(5)); elsewhere no limit is known. All three runtimes raise the soft limit to the hard one when they
 * start.
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
