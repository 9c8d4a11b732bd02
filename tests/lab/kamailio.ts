/** Kamailio as the proxy between the gateway and the phones, with kamailio.cfg; by TLS, too, where it has a certificate. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pair } from "../support/certificates.ts";
import { tlsConfig } from "../support/provider.ts";
import { listens } from "../support/until.ts";
import { CARRIER_PORT, GATEWAY, GATEWAY_PORT, makeFolder, PHONES, PROXY, PROXY_PORT, PROXY_TLS_PORT } from "./lab.ts";
import { Program } from "./program.ts";

const TABLES = "/usr/share/kamailio/dbtext/kamailio";

export class Kamailio {
  readonly #folder = makeFolder("kamailio");
  readonly #tls: Pair | undefined;
  #program: Program | undefined;

  constructor(tls?: Pair) {
    this.#tls = tls;
    for (const table of ["location", "version"]) cpSync(join(TABLES, table), join(this.#folder, table));
    writeFileSync(join(this.#folder, "dispatcher.list"), `1 sip:${GATEWAY}:${GATEWAY_PORT}\n`);
  }

  get said(): string {
    return this.#program?.said ?? "";
  }

  async start(): Promise<void> {
    const folder = this.#folder;
    const carrier = `CARRIER="sip:${PHONES}:${CARRIER_PORT}"`;
    const defined = [
      `PROXY=${PROXY}`,
      carrier,
      `DISPATCHER="${folder}/dispatcher.list"`,
      `LOCATIONS="text://${folder}"`,
    ];
    if (this.#tls) defined.push(`TLS_CONFIG="${this.#tlsConfig(this.#tls)}"`);
    const config = ["-f", join(import.meta.dir, "kamailio.cfg"), ...defined.flatMap((each) => ["-A", each])];
    this.#program = new Program(["kamailio", ...config, "-DD", "-E", "-m", "256", "-Y", folder], { folder });
    await listens(PROXY, PROXY_PORT);
    if (this.#tls) await listens(PROXY, PROXY_TLS_PORT);
  }

  #tlsConfig({ certificate, key }: Pair): string {
    const file = `${this.#folder}/tls.cfg`;
    writeFileSync(file, tlsConfig({ certificate, key }));
    return file;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }
}
