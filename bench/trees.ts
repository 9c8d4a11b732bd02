/**
 * Working trees of commits, in a temporary folder.
 *
 * Each has the dependencies of its own lock file: those of this tree if the lock files are equal, else installed by `npm ci`.
 * `.` is this tree with its uncommitted changes.
 */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HERE } from "./process.ts";

export class Trees {
  readonly #folder = mkdtempSync(join(tmpdir(), "carillon-trees-"));
  readonly #made = new Map<string, string>();

  /** The folder of a commit. */
  of(commit: string): string {
    if (commit === ".") return HERE;
    const id = run(HERE, "git", "rev-parse", "--short", "--verify", `${commit}^{commit}`).trim();
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const tree = join(this.#folder, id);
    run(HERE, "git", "worktree", "add", "--detach", tree, id);
    this.#made.set(id, tree);
    if (lockOf(tree) === lockOf(HERE)) symlinkSync(join(HERE, "node_modules"), join(tree, "node_modules"));
    else run(tree, "npm", "ci", "--no-audit", "--no-fund");
    return tree;
  }

  remove(): void {
    for (const tree of this.#made.values()) run(HERE, "git", "worktree", "remove", "--force", tree);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const lockOf = (tree: string): string => readFileSync(join(tree, "package-lock.json"), "utf8");

function run(cwd: string, ...command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr.toString().trim()}`);
  return stdout.toString();
}
