/** Small disks, which a test can fill. Root is needed. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface Disk {
  readonly path: string;
  leave(): void;
}

/** Mounts an empty disk of so many kilobytes. */
export function smallDisk(path: string, kilobytes: number): Disk {
  mkdirSync(path);
  const { exitCode, stderr } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path]);
  if (exitCode !== 0) throw new Error(String(stderr));
  // a gateway that has been killed may still hold it
  return { path, leave: () => void Bun.spawnSync(["umount", "-l", path]) };
}

/** Fills a disk to its last byte; what is given back makes room again. */
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
