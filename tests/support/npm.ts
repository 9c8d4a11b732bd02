/** The gateway run by `npm start`: in a folder like the checkout, with its own carillon.toml. */
import { spawn } from "node:child_process";
import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolder } from "./folders.ts";

const root = join(import.meta.dir, "../..");
const LONGEST = 40_000;

/** Runs a script of package.json until npm and all processes it has started are gone, or for too long. */
export async function runNpm(
  script: string,
  toml: string,
  heard: (run: { stop(): void; log: string }) => void,
): Promise<{ log: string; allEnded: boolean }> {
  const folder = makeFolder("npm");
  const names = readdirSync(root).filter((name) => !/^\.|^carillon\.toml$/.test(name));
  for (const name of names) symlinkSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, "carillon.toml"), toml);
  // a process group, so that processes left behind by npm can be ended
  const npm = spawn("npm", ["run", script], { cwd: folder, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  let log = "";
  npm.stdout.on("data", (bytes: Buffer) => {
    log += bytes.toString();
    heard({ stop: () => npm.kill("SIGTERM"), log });
  });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const tooLong = setTimeout(() => resolve(false), LONGEST);
  npm.on("close", () => resolve(true)); // its output is closed when all processes are gone
  const allEnded = await promise;
  clearTimeout(tooLong);
  if (!allEnded && npm.pid !== undefined) process.kill(-npm.pid, "SIGKILL");
  removeFolder(folder);
  return { log, allEnded };
}
