/** Prosody for the lab: one server that can stop and start again as it was, with WebSocket for the pages. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMPONENT, DOMAIN, intercepting, MODULES, privileging, SECRET } from "../support/prosody.ts";
import { listens } from "../support/until.ts";
import { certificateIn, makeCertificate } from "./certificate.ts";
import { makeFolder } from "./lab.ts";
import { Program } from "./program.ts";
import type { LabServer, ServerNeeds } from "./scene.ts";

const LOOPBACK = "127.0.0.1";

export class LabProsody implements LabServer {
  readonly domain = DOMAIN;
  readonly component = COMPONENT;
  readonly clientPort = 5222;
  readonly componentPort = 5347;
  readonly webSocket = `ws://${LOOPBACK}:5280/xmpp-websocket`;
  readonly #folder = makeFolder("prosody");
  readonly #file = join(this.#folder, "prosody.cfg.lua");
  readonly #certificate = certificateIn(join(this.#folder, "certs"), DOMAIN);
  readonly certificate = this.#certificate.certificate;
  readonly #needs: ServerNeeds;
  #program: Program | undefined;

  constructor(needs: ServerNeeds) {
    this.#needs = needs;
  }

  async create(users: readonly string[]): Promise<void> {
    for (const name of ["data", "certs"]) mkdirSync(join(this.#folder, name), { recursive: true });
    const { encrypted = false, friends = {} } = this.#needs;
    if (encrypted) await makeCertificate(this.#certificate, DOMAIN);
    writeFileSync(this.#file, configuration(this.#folder, this.#needs));
    for (const [user, contact] of Object.entries(friends)) this.#befriend(user, contact);
    const command = ["prosodyctl", "--root", "--config", this.#file, "register"];
    for (const user of users)
      await Bun.spawn([...command, user, DOMAIN, user], { stdout: "ignore", stderr: "ignore" }).exited;
  }

  get said(): string {
    return this.#program?.said ?? "";
  }

  async start(): Promise<void> {
    this.#program = new Program(["prosody", "--config", this.#file, "-F"], { folder: this.#folder });
    for (const port of [this.clientPort, this.componentPort, 5280]) await listens(LOOPBACK, port);
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  #befriend(user: string, contact: string): void {
    const roster = join(this.#folder, "data", DOMAIN.replaceAll(".", "%2e"), "roster");
    mkdirSync(roster, { recursive: true });
    const name = this.#needs.names?.[contact];
    const called = name === undefined ? "" : `name = "${name}"; `;
    const item = `["${contact}"] = { ${called}subscription = "both"; groups = {} }`;
    writeFileSync(join(roster, `${user}.dat`), `return { ${item}; [false] = { version = 1 } }\n`);
  }
}

const configuration = (folder: string, { encrypted, intercept, rosters }: ServerNeeds): string => `
run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
certificates = "${folder}/certs"
plugin_paths = { "${MODULES}" }
interfaces = { "${LOOPBACK}" }
s2s_ports = { }
http_ports = { 5280 }
http_interfaces = { "${LOOPBACK}" }
https_ports = { }
http_default_host = "${DOMAIN}"
component_interfaces = { "${LOOPBACK}" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
authentication = "internal_plain"
modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "carbons"; "websocket"; "http"${encrypted ? '; "tls"' : ""}${rosters ? '; "privilege"' : ""} }
modules_disabled = { "s2s" }
limits = { c2s = { rate = "10mb/s" }, component = { rate = "10mb/s" } }
log = { { levels = { min = "info" }, to = "console" } }

VirtualHost "${DOMAIN}"
${rosters ? privileging(DOMAIN) : ""}${intercept ? intercepting(DOMAIN, {}) : ""}
Component "${COMPONENT}"
	component_secret = "${SECRET}"
${rosters ? '	modules_enabled = { "privilege" }' : ""}
`;
