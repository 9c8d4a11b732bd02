/** Waits for a foreign server to listen; if it does not, the error contains its log. */
import type { Subprocess } from "bun";
import { listens } from "./until.ts";

/** Waits for its ports on loopback; `log` is its log file. */
export async function listening(
  name: string,
  server: Subprocess,
  ports: readonly number[],
  log: string,
  ready: () => Promise<unknown> = async () => {},
): Promise<void> {
  const ended = server.exited.then((code) => Promise.reject(new Error(`it has ended with ${code}`)));
  const up = async (): Promise<void> => {
    await ready();
    for (const port of ports) await listens("127.0.0.1", port);
  };
  await Promise.race([up(), ended]).catch(async (error: unknown) => {
    server.kill("SIGKILL");
    throw new Error(`${name} has not started: ${error}; it has logged:\n${await logged(log)}`);
  });
}

async function logged(file: string): Promise<string> {
  return (await Bun.file(file).exists()) ? Bun.file(file).text() : "nothing";
}
