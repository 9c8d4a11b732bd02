/** The log of a process, on standard output; the last lines are flushed when it exits. */
import { createLog, type LevelledLog } from "../actors/log.ts";
import { LogOutput } from "../actors/log-output.ts";
import { text } from "../actors/log-text.ts";
import { judge } from "../config/judge.ts";
import { judgeCertificate } from "../config/own-certificate.ts";
import { runtimeOf } from "../config/started.ts";
import type { Config } from "../config.ts";
import { VERSION } from "../protocol/sip/capabilities.ts";
import type { Read } from "./gateway-config.ts";
import { standardOutput } from "./standard-output.ts";

/** Milliseconds that the end of the process waits for who reads its log. */
const LAST_LINES = 500;
const outputs = new Set<LogOutput>();

/** Writes the last lines; settles when they are written, or nobody reads them. */
export async function lastLines(): Promise<void> {
  await Promise.all([...outputs].map((output) => output.flush(LAST_LINES)));
}

export function levelledLog(config: Config): LevelledLog {
  const output = new LogOutput(standardOutput());
  outputs.add(output);
  process.on("exit", () => output.end(1));
  const { level, format } = config.log;
  const isText = format === "text" || (format === "auto" && process.stdout.isTTY);
  return createLog({ level, to: output, ...(isText ? { format: text } : {}) });
}

/** Warnings about settings that are allowed and probably a mistake. */
export const warningsOf = (config: Read): string[] => [
  ...judge(config),
  ...judgeCertificate(config.sipFiles.certificate, config.jingleSip.localHost, Date.now()),
];

/** Creates the log and writes its first lines: the version, and the warnings about the configuration. */
export function startLog(config: Read): LevelledLog {
  const levelled = levelledLog(config);
  levelled.log({ level: "info", event: "gateway.start", version: VERSION, runtime: runtimeOf(process) });
  for (const text of warningsOf(config)) levelled.log({ level: "warn", event: "config.warning", text });
  if (config.dial.rules === undefined) levelled.log({ level: "info", event: "dial.open", text: OPEN });
  return levelled;
}

const OPEN = "every number that a user dials goes to the proxy: [dial] rules decide who may call what";
