/** Runs SIPp, the SIP traffic generator, against the stack. */
import { join } from "node:path";
import type { LossyWire } from "./lossy-wire.ts";
import { notInstalled, program } from "./programs.ts";

/** Why the tests with SIPp are skipped, if they are. */
export const noSipp = notInstalled("sip-tester", "sipp");

export interface SippRun {
  readonly code: number;
  /** Its last screen, for the failure message. */
  readonly screen: string;
}

export interface Sipp {
  readonly ended: Promise<SippRun>;
  kill(): void;
}

/**
 * Starts a scenario of tests/peers/sipp; SIPp exits with 0 if all its calls followed the scenario. A scenario behind a wire
 * (lossy-wire.ts) has the wire's address as its Contact, in the key `contact`.
 */
export function startSipp(scenario: string, options: readonly string[], wire?: LossyWire): Sipp {
  const file = join(import.meta.dir, "../peers/sipp", scenario);
  const repeats = ["-max_retrans", "12", "-max_invite_retrans", "12"];
  const contact = wire === undefined ? [] : ["-key", "contact", `${wire.phone.host}:${wire.phone.port}`];
  const sipp = Bun.spawn(
    [program("sipp"), "-sf", file, "-i", "127.0.0.1", "-nostdin", "-skip_rlimit", ...repeats, ...contact, ...options],
    {
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const ended = Promise.all([new Response(sipp.stdout).text(), new Response(sipp.stderr).text(), sipp.exited]).then(
    ([out, error, code]) => ({ code, screen: `${out.slice(-3_000)}\n${error.slice(-1_000)}` }),
  );
  return { ended, kill: () => sipp.kill() };
}
