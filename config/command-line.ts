/**
 * The command line: commands, options and help.
 *
 * Rule: usage and help show what can be typed: `bun main.ts`, or the file name of the executable made by `bun build --compile`.
 */
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
