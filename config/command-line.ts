/**
 * The command line: its options, its help, and the name that the program is called by.
 *
 * Rule: usage and help show what can be typed: `bun main.ts`, or the name of the file that `bun build --compile` has made.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";

const OPTIONS = {
  config: { type: "string" },
  check: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the arguments. Throws an `Error` whose first line says what is wrong. */
export const readArguments = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS }).values;

/** What of the process tells how it was started. */
export interface Started {
  readonly argv: readonly string[];
  readonly execPath: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** Where `bun build --compile` has the program's own files. */
const COMPILED = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/;

/** How this program is called. */
export function programName({ argv, execPath, versions }: Started): string {
  const script = argv[1] ?? "";
  if (COMPILED.test(script)) return basename(execPath);
  const runtime = versions.bun ? "bun" : versions.deno ? "deno run -A" : "node";
  return `${runtime} ${basename(script)}`;
}

/** The runtime and its version. */
export const runtimeOf = ({ versions: { bun, deno, node } }: Started): string =>
  bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;

export const usage = (program: string): string => `usage: ${program} --config carillon.toml [--check]`;

export const help = (program: string): string => `${usage(program)}

  --config FILE  the configuration: a copy of carillon.example.toml; docs/options.md has every option
  --check        check the configuration, look up the hosts it names, and start nothing
  --version      print the version
  -h, --help     print this

SIGHUP reloads the configuration; SIGTERM and SIGINT stop the gateway once its calls have ended, a second one at once.`;
