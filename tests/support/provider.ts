/** Runs Kamailio as a provider of telephone numbers (provider.cfg), on loopback. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changedAll } from "./changed.ts";
import { listening } from "./listening.ts";
import { freePort } from "./ports.ts";
import { program } from "./programs.ts";

export interface Provider {
  readonly port: number;
  /** What it has heard, a line for each request. */
  heard(): Promise<string[]>;
  stop(): Promise<void>;
}

/** The account has this password; calls by it go to the phone at this port. */
export async function startProvider(password: string, phonePort: number): Promise<Provider> {
  const folder = mkdtempSync(join(tmpdir(), "carillon-provider-"));
  const port = await freePort();
  const source = readFileSync(join(import.meta.dir, "provider.cfg"), "utf8");
  const values = { PROVIDER_PORT: `${port}`, PHONE_PORT: `${phonePort}`, PASSWORD: password };
  const text = Object.entries(values).reduce((sum, [name, value]) => changedAll(sum, name, value), source);
  writeFileSync(join(folder, "kamailio.cfg"), text);
  const log = join(folder, "kamailio.log");
  const output = Bun.file(log);
  const options = ["-DD", "-E", "-m", "64", "-M", "8", "-Y", folder, "-P", join(folder, "pid")];
  const proxy = Bun.spawn([program("kamailio"), "-f", join(folder, "kamailio.cfg"), ...options], {
    stdout: output,
    stderr: output,
  });
  await listening("Kamailio", proxy, [port], log);
  return {
    port,
    heard: async () => [...(await Bun.file(log).text()).matchAll(/heard (.*)/g)].map(([, line = ""]) => line),
    async stop() {
      proxy.kill();
      await proxy.exited;
      rmSync(folder, { recursive: true });
    },
  };
}
