/**
 * The command line: commands, options, help, and the name that the program is run by.
 *
 * Rule: usage and help show what can be typed: `bun main.ts`, or the file name of the executable made by `bun build --compile`.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";

const OPTIONS = {
  config: { type: "string" },
  check: { type: "boolean" },
  url: { type: "string" },
  step: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Commands, each with its required operand, if any. */
const COMMANDS = { calls: undefined, hangup: "ID", trace: "NUMBER", replay: "FILE", relay: undefined } as const;
export type Command = keyof typeof COMMANDS;

/** Reads the arguments. Throws an `Error`; its first line says what is wrong. */
export function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [name, operand, ...more] = positionals;
  if (name === undefined) return { ...values, command: undefined, operand: "" };
  if (!Object.hasOwn(COMMANDS, name))
    throw new Error(`there is no command "${name}": ${Object.keys(COMMANDS).join(", ")}`);
  const command = name as Command;
  const needed = COMMANDS[command];
  if (needed !== undefined && !operand) throw new Error(`${command} needs ${needed}`);
  const [extra] = needed === undefined && operand !== undefined ? [operand] : more;
  if (extra !== undefined) throw new Error(`${command} does not take "${extra}"`);
  return { ...values, command, operand: operand ?? "" };
}

/** The parts of `process` that show how the program was started. */
export interface Started {
  readonly argv: readonly string[];
  readonly execPath: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** Where an executable made by `bun build --compile` has the program's own files. */
const COMPILED = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/;

/** Whether the program is an executable made by `bun build --compile`. */
export const isCompiled = ({ argv }: Pick<Started, "argv">): boolean => COMPILED.test(argv[1] ?? "");

/** What the user types to run this program. */
export function programName({ argv, execPath, versions }: Started): string {
  const script = argv[1] ?? "";
  if (isCompiled({ argv })) return basename(execPath);
  const runtime = versions.bun ? "bun" : versions.deno ? "deno run -A" : "node";
  return `${runtime} ${basename(script)}`;
}

/** The runtime and its version. */
export const runtimeOf = ({ versions: { bun, deno, node } }: Started): string =>
  bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;

export const usage = (program: string): string => `usage: ${program} --config carillon.toml [--check]`;

export const help = (program: string): string => `${usage(program)}
       ${program} calls | hangup ID | trace NUMBER [--config carillon.toml | --url URL]
       ${program} replay FILE [--step]
       ${program} relay --config FILE

  calls          the live calls of a gateway that runs
  hangup ID      hang one up, on both sides; the beginning of its id will do
  trace NUMBER   print the messages of the calls of a number, JID or Call-ID as they go and come
  replay FILE    run an exported call (JSON or play) again through a gateway in memory; 1 if it goes another way
  relay          the media relay of [media] relay = "own", which the gateway starts itself
  --step         replay: wait for a key before each message that comes
  --url URL      where the gateway's API is, when not by [web] host and port of --config; its token is CARILLON_WEB_TOKEN

  --config FILE  the configuration: a copy of carillon.example.toml; docs/options.md has every option
  --check        check the configuration, look up the hosts it names, and start nothing
  --version      print the version
  -h, --help     print this

SIGHUP reloads the configuration; SIGTERM and SIGINT stop the gateway once its calls have ended, a second one at once.`;
