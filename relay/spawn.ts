/**
 * Starts `carillon relay` the way the running program was started: on the same runtime, with the same configuration file.
 *
 * Rules: its standard input is a pipe, which closes when the gateway ends for whatever reason; its log goes to the gateway's output.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "../actors/relay/supervised.ts";

/** The parts of `process` that show how the program was started. */
export interface Started {
  readonly argv: readonly string[];
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly versions: Readonly<Record<string, string | undefined>>;
}

/** The command that starts this program again; a compiled one has no script. */
export function commandOf({ argv, execPath, execArgv, versions }: Started, isCompiled: boolean): readonly string[] {
  if (isCompiled) return [execPath];
  const script = argv[1] ?? "main.ts";
  return versions.deno ? [execPath, "run", "-A", script] : [execPath, ...execArgv, script];
}

export function spawnRelay(command: readonly string[], file: string): ChildProcess {
  const [program = "", ...before] = command;
  const child = spawn(program, [...before, "relay", "--config", file], { stdio: ["pipe", "inherit", "inherit"] });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `code ${code}` : signal));
  });
  return { ended, stop: () => void child.kill("SIGKILL") };
}
