/**
 * How this program was started: its name for messages, its runtime, and the command that starts it again.
 *
 * Rule: an executable made by `bun build --compile` has no script; its command is its own path.
 */
import { basename } from "node:path";

/** The parts of `process` that show how the program was started. */
export interface Started {
  readonly argv: readonly string[];
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** Where an executable made by `bun build --compile` has the program's own files. */
const COMPILED = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/;

/** Whether the program is an executable made by `bun build --compile`. */
const isCompiled = ({ argv }: Pick<Started, "argv">): boolean => COMPILED.test(argv[1] ?? "");

/** What the user types to run this program. */
export function programName({ argv, execPath, versions }: Omit<Started, "execArgv">): string {
  const script = argv[1] ?? "";
  if (isCompiled({ argv })) return basename(execPath);
  const runtime = versions.bun ? "bun" : versions.deno ? "deno run -A" : "node";
  return `${runtime} ${basename(script)}`;
}

/** The runtime and its version. */
export const runtimeOf = ({ versions: { bun, deno, node } }: Pick<Started, "versions">): string =>
  bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;

/** The command that starts this program again, on the same runtime. */
export function commandOf({ argv, execPath, execArgv, versions }: Started): readonly string[] {
  if (isCompiled({ argv })) return [execPath];
  const script = argv[1] ?? "main.ts";
  return versions.deno ? [execPath, "run", "-A", script] : [execPath, ...execArgv, script];
}
