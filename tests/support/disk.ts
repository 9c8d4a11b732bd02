/** Small disks that a test can fill. Requires root. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface Disk {
  readonly path: string;
  leave(): void;
}

/** Mounts an empty disk of this size. */
export function smallDisk(path: string, kilobytes: number): Disk {
  mkdirSync(path);
  const { exitCode, stderr } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path]);
  if (exitCode !== 0) throw new Error(String(stderr));
  // a killed gateway may still have open files on it
  return { path, leave: () => void Bun.spawnSync(["umount", "-l", path]) };
}

/** Fills a disk completely; the returned function frees the space. */
export function fill(path: string): () => void {
  const ballast = join(path, "ballast");
  const file = openSync(ballast, "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(512));
  } catch {
    // ENOSPC
  }
  closeSync(file);
  return () => rmSync(ballast);
}
