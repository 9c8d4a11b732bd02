/**
 * Starts `carillon relay` the way the running program was started: on the same runtime, with the same configuration file.
 *
 * Rules: its standard input is a pipe, which closes when the gateway ends for whatever reason; its log goes to the gateway's output.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "../actors/relay/supervised.ts";

/** `command` starts this program; `file` is its configuration. */
export function spawnRelay(command: readonly string[], file: string): ChildProcess {
  const [program = "", ...before] = command;
  const child = spawn(program, [...before, "relay", "--config", file], { stdio: ["pipe", "inherit", "inherit"] });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `code ${code}` : signal));
  });
  return { ended, stop: () => void child.kill("SIGKILL") };
}
