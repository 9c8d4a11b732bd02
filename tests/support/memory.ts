/** The resident memory of a process. */
import { readFileSync } from "node:fs";

const KILO = 1_024;

/** In MB. */
export function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / KILO;
}
