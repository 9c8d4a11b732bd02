/** Runs Kamailio, a real SIP proxy, on loopback, with the configuration of integrations/kamailio. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolder } from "./folders.ts";
import { listening } from "./listening.ts";
import { freePort } from "./ports.ts";
import { notInstalled, program } from "./programs.ts";

/** Why the tests with Kamailio are skipped, if they are. */
export const noKamailio = notInstalled("kamailio", "kamailio");

export interface Kamailio {
  readonly port: number;
  stop(): Promise<void>;
}

const SOURCE = join(import.meta.dir, "../../integrations/kamailio");

/** Starts a proxy that routes calls to users of this domain to the gateway at that port. */
export async function startKamailio(domain: string, gatewayPort: number): Promise<Kamailio> {
  const folder = makeFolder("kamailio");
  const port = await freePort();
  const values: Readonly<Record<string, string>> = {
    PROXY_ADDRESS: "127.0.0.1",
    PROXY_PORT: `${port}`,
    XMPP_DOMAIN: domain,
    GATEWAY_ADDRESS: "127.0.0.1",
    GATEWAY_PORT: `${gatewayPort}`,
  };
  const text = readFileSync(join(SOURCE, "kamailio.cfg"), "utf8").replace(
    /"!(\w+)!([^!]*)!g"/g,
    (_, name: string, value: string) => `"!${name}!${values[name] ?? value}!g"`,
  );
  writeFileSync(join(folder, "kamailio.cfg"), text);
  copyFileSync(join(SOURCE, "users.cfg"), join(folder, "users.cfg"));
  const options = ["-DD", "-E", "-m", "64", "-M", "8", "-Y", folder, "-P", join(folder, "pid")];
  const log = join(folder, "kamailio.log");
  const output = Bun.file(log);
  const proxy = Bun.spawn([program("kamailio"), "-f", join(folder, "kamailio.cfg"), ...options], {
    stdout: output,
    stderr: output,
  });
  await listening("Kamailio", proxy, [port], log);
  return {
    port,
    async stop() {
      proxy.kill();
      await proxy.exited;
      removeFolder(folder);
    },
  };
}
