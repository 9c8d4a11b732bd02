/** Runs Kamailio as a provider of telephone numbers (provider.cfg), on loopback, also with TLS if given a certificate. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pair } from "./certificates.ts";
import { changedAll } from "./changed.ts";
import { makeFolder, removeFolder } from "./folders.ts";
import { listening } from "./listening.ts";
import { freePort } from "./ports.ts";
import { program } from "./programs.ts";

const MODULE = "/usr/lib/x86_64-linux-gnu/kamailio/modules/tls.so";
export const noKamailioTls = existsSync(MODULE)
  ? undefined
  : "Kamailio's tls.so is not installed: apt-get install kamailio-tls-modules";

export interface Provider {
  readonly port: number;
  /** Its TLS port, if any. */
  readonly tlsPort: number;
  /** Its received requests, one line each: those of one connection in their order, since each process of Kamailio writes its own. */
  heard(): Promise<string[]>;
  /** Restarts with another certificate. */
  restart(tls: ProviderTls): Promise<void>;
  stop(): Promise<void>;
}

/** Its certificate, and the authorities it accepts; if it calls the gateway at a port, the gateway's must be of `gateway`'s authority. */
export interface ProviderTls {
  readonly own: Pair;
  readonly asks?: string;
  readonly gateway?: { readonly port: number; readonly ca: string };
}

/** The account has this password; its calls are routed to the phone at this port. */
export async function startProvider(password: string, phonePort: number, tls?: ProviderTls): Promise<Provider> {
  const folder = makeFolder("provider");
  const [port, tlsPort] = [await freePort(), await freePort()];
  const source = readFileSync(join(import.meta.dir, "provider.cfg"), "utf8");
  const values = {
    PROVIDER_PORT: port,
    PHONE_PORT: phonePort,
    TLS_PORT: tlsPort,
    GATEWAY_PORT: tls?.gateway?.port ?? 0,
    PASSWORD: password,
    FOLDER: folder,
  };
  const text = Object.entries(values).reduce((sum, [name, value]) => changedAll(sum, name, `${value}`), source);
  writeFileSync(join(folder, "kamailio.cfg"), text);
  const log = join(folder, "kamailio.log");
  const start = async (by: ProviderTls | undefined): Promise<Bun.Subprocess> => {
    if (by) writeTls(folder, by);
    const options = ["-DD", "-E", "-m", "64", "-M", "8", "-Y", folder, "-P", join(folder, "pid")];
    const defined = [...(by ? ["-A", "WITH_TLS"] : []), ...(by?.gateway ? ["-A", "WITH_GATEWAY"] : [])];
    const command = [program("kamailio"), "-f", join(folder, "kamailio.cfg"), ...options, ...defined];
    const proxy = Bun.spawn(["sh", "-c", `exec "$@" >>"${log}" 2>&1`, "sh", ...command]);
    await listening("Kamailio", proxy, by ? [port, tlsPort] : [port], log);
    return proxy;
  };
  let proxy = await start(tls);
  const end = async (): Promise<void> => {
    proxy.kill();
    await proxy.exited;
  };
  return {
    port,
    tlsPort,
    heard: async () => [...(await Bun.file(log).text()).matchAll(/heard (.*)/g)].map(([, line = ""]) => line),
    async restart(by) {
      await end();
      proxy = await start(by);
    },
    async stop() {
      await end();
      removeFolder(folder);
    },
  };
}

function writeTls(folder: string, { own, asks, gateway }: ProviderTls): void {
  const files = { "own.pem": own.certificate, "own.key": own.key, ...(asks && { "asks.pem": asks }) };
  for (const [name, file] of Object.entries(files)) copyFileSync(file, join(folder, name));
  const [certificate, key] = [`${folder}/own.pem`, `${folder}/own.key`];
  const server = tlsConfig({ certificate, key, ...(asks && { asks: `${folder}/asks.pem` }) });
  const mine = [`certificate = ${certificate}`, `private_key = ${key}`];
  const theirs = ["verify_certificate = yes", `ca_list = ${gateway?.ca}`];
  const client = gateway ? ["[client:default]", "method = TLSv1.2+", ...mine, ...theirs, ""].join("\n") : "";
  writeFileSync(join(folder, "tls.cfg"), `${server}${client}`);
}

/** The configuration of Kamailio's TLS, from files; `asks` contains the authorities for client certificates. */
export function tlsConfig({ certificate, key, asks }: { certificate: string; key: string; asks?: string }): string {
  const mutual = asks
    ? [`ca_list = ${asks}`, "verify_certificate = yes", "require_certificate = yes"]
    : ["verify_certificate = no", "require_certificate = no"];
  const own = [`certificate = ${certificate}`, `private_key = ${key}`];
  return `${["[server:default]", "method = TLSv1.2+", ...own, ...mutual].join("\n")}\n`;
}
