/**
 * ejabberd for the lab, with WebSocket for the pages, as a component's server like any other.
 *
 * It is an Erlang node without a name: no epmd, nothing that two servers of one machine could quarrel about.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileModule, intercepting } from "../support/ejabberd.ts";
import { COMPONENT, DOMAIN, SECRET } from "../support/prosody.ts";
import { listens, until } from "../support/until.ts";
import { type Certificate, certificateIn, makeCertificate } from "./certificate.ts";
import { makeFolder } from "./lab.ts";
import { Program } from "./program.ts";
import type { LabServer, ServerNeeds } from "./scene.ts";

const LOOPBACK = "127.0.0.1";
/** Where Debian has ejabberd and its libraries. */
const LIBRARIES = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;

export class LabEjabberd implements LabServer {
  readonly domain = DOMAIN;
  readonly component = COMPONENT;
  readonly clientPort = 5222;
  readonly componentPort = 5347;
  readonly webSocket = `ws://${LOOPBACK}:5280/ws`;
  readonly #folder = makeFolder("ejabberd");
  readonly #certificate = certificateIn(this.#folder, DOMAIN);
  readonly certificate = this.#certificate.certificate;
  readonly #needs: ServerNeeds;
  #users: readonly string[] = [];
  #program: Program | undefined;

  constructor(needs: ServerNeeds) {
    this.#needs = needs;
  }

  get said(): string {
    return this.#program?.said ?? "";
  }

  async create(users: readonly string[]): Promise<void> {
    this.#users = users;
    const { encrypted = false, intercept = false } = this.#needs;
    if (intercept) await compileModule(this.#folder);
    if (encrypted) await makeCertificate(this.#certificate, DOMAIN);
    writeFileSync(
      join(this.#folder, "ejabberd.yml"),
      configuration(encrypted ? this.#certificate : undefined, intercept),
    );
  }

  async start(): Promise<void> {
    const folder = this.#folder;
    const ready = join(folder, "ready");
    rmSync(ready, { force: true });
    const { friends = {} } = this.#needs;
    // What -eval says is done when ejabberd has started, and what is written then is awaited here.
    const evaluated = [
      ...this.#users.map((user) => `_ = ejabberd_auth:try_register(<<"${user}">>, <<"${DOMAIN}">>, <<"${user}">>)`),
      ...Object.entries(friends).map(([user, contact]) => befriend(user, contact)),
      `ok = file:write_file("${ready}", <<>>)`,
    ];
    const node = [
      "erl",
      "-noinput",
      "+S",
      "1:1",
      "+sbwt",
      "none",
      "-pa",
      folder,
      "-mnesia",
      "dir",
      `"${folder}/mnesia"`,
    ];
    this.#program = new Program([...node, "-s", "ejabberd", "-eval", `${evaluated.join(", ")}.`], {
      folder,
      env: {
        ERL_LIBS: LIBRARIES,
        HOME: folder,
        EJABBERD_CONFIG_PATH: join(folder, "ejabberd.yml"),
        EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
      },
    });
    await until("ejabberd's start", () => existsSync(ready), Boolean, 30);
    for (const port of [this.clientPort, this.componentPort, 5280]) await listens(LOOPBACK, port);
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }
}

/** The contact is in the user's roster, each sees the other (RFC 6121 §2). */
function befriend(user: string, contact: string): string {
  const item = [user, DOMAIN, ...contact.split("@"), "", "", "both"].map((each) => `<<"${each}">>`);
  return `ok = mod_admin_extra:add_rosteritem(${item.join(", ")})`;
}

const configuration = (tls: Certificate | undefined, intercept: boolean): string => `
hosts: [ "${DOMAIN}" ]
loglevel: warning
certfiles: [${tls === undefined ? "" : ` "${tls.key}", "${tls.certificate}" `}]
acme: { auto: false }
s2s_access: none
auth_method: internal
listen:
  - { port: 5222, ip: "${LOOPBACK}", module: ejabberd_c2s, starttls: ${tls !== undefined} }
  - { port: 5280, ip: "${LOOPBACK}", module: ejabberd_http, request_handlers: { "/ws": ejabberd_http_ws } }
  - port: 5347
    ip: "${LOOPBACK}"
    module: ejabberd_service
    global_routes: false
    hosts:
      "${COMPONENT}": { password: "${SECRET}" }
modules:
  mod_disco: {}
  mod_roster: {}
  mod_ping: {}
  mod_carboncopy: {}
${intercept ? intercepting(DOMAIN, {}) : ""}`;
