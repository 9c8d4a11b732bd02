/**
 * Runs ejabberd, a real XMPP server, on loopback, with a configuration written here and the module of integrations/.
 *
 * It is an unnamed Erlang node: no epmd, no conflicts between two servers on one machine.
 */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate, listensAt } from "./erlang.ts";
import { makeFolder, removeFolder } from "./folders.ts";
import { listening } from "./listening.ts";
import { freePorts } from "./ports.ts";
import { notInstalled, program } from "./programs.ts";
import { componentOf, DOMAIN, type LocalServer, SECRET, type ServerOptions } from "./prosody.ts";
import { until } from "./until.ts";

/** Why the tests with ejabberd are skipped, if they are. */
export const noEjabberd = notInstalled("ejabberd", "ejabberdctl", "erl", "erlc");

/** Debian's folder for ejabberd and its libraries. */
const LIBRARIES = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
/** Its version, such as 23.01, by the folder that Debian has it in; 0 without it. */
export const ejabberdVersion = Number(
  (existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [])
    .map((name) => /^ejabberd-([\d.]+)/.exec(name)?.[1])
    .find(Boolean) ?? 0,
);

/** Starts a server with these users; their passwords are their names. */
export async function startEjabberd(users: readonly string[], options: ServerOptions = {}): Promise<LocalServer> {
  const { domain = DOMAIN } = options;
  const folder = makeFolder("ejabberd");
  if (options.intercept) await compileModule(folder);
  const { clientPort, componentPort, shellPort } = await freePorts("clientPort", "componentPort", "shellPort");
  const file = join(folder, "ejabberd.yml");
  writeFileSync(file, configuration(domain, clientPort, componentPort, options));
  const register = users.map(
    (user) => `ok = ejabberd_auth:try_register(<<"${user}">>, <<"${domain}">>, <<"${user}">>)`,
  );
  // -eval is executed after ejabberd has started; the file it writes signals that
  const ready = [...register, listensAt(shellPort), `ok = file:write_file("${folder}/ready", <<>>)`].join(", ");
  const server = Bun.spawn(
    [
      ...[
        program("erl"),
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
      ],
      ...["-s", "ejabberd", "-eval", `${ready}.`],
    ],
    {
      cwd: folder,
      env: {
        ...process.env,
        ERL_LIBS: LIBRARIES,
        HOME: folder,
        EJABBERD_CONFIG_PATH: file,
        EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
      },
      stdout: "ignore",
      stderr: "ignore",
    },
  );
  const started = () => until("ejabberd's start", () => Bun.file(join(folder, "ready")).exists(), Boolean);
  await listening("ejabberd", server, [clientPort, componentPort], join(folder, "ejabberd.log"), started);
  return {
    ...{ clientPort, componentPort, domain, component: componentOf(domain) },
    async reloadModule() {
      // the module is reloaded if an option has changed: here the timeout, by a millisecond
      const ours = `<<"${domain}">>, mod_jingle_sip`;
      const options = `maps:update_with(timeout, fun(Time) -> Time + 1 end, gen_mod:get_module_opts(${ours}))`;
      await evaluate(shellPort, `gen_mod:update_module(${ours}, ${options})`);
    },
    async holdModule() {
      await evaluate(shellPort, `sys:suspend(gen_mod:get_module_proc(<<"${domain}">>, mod_jingle_sip))`);
      return async () => {
        await evaluate(shellPort, `sys:resume(gen_mod:get_module_proc(<<"${domain}">>, mod_jingle_sip))`);
      };
    },
    async stop() {
      server.kill("SIGKILL"); // nothing of it is needed, and a clean exit takes seconds
      await server.exited;
      removeFolder(folder);
    },
  };
}

const SOURCE = join(import.meta.dir, "../../integrations/ejabberd/mod_jingle_sip.erl");

/** Compiles the module as described in its README; a warning is an error here. */
export async function compileModule(folder: string): Promise<void> {
  const found = (parent: string, start: string, inside: string): string => {
    const name = readdirSync(parent).find((each) => each.startsWith(start));
    return join(parent, name ?? start, inside);
  };
  const includes = [found("/usr/lib/erlang/lib", "p1_xmpp-", "include"), found(LIBRARIES, "ejabberd-", "include")];
  const paths = ["-pa", found(LIBRARIES, "ejabberd-", "ebin")];
  const erlc = Bun.spawn(
    [program("erlc"), "-Werror", ...includes.flatMap((path) => ["-I", path]), ...paths, "-o", folder, SOURCE],
    { stdout: "pipe", stderr: "pipe" },
  );
  const said = await new Response(erlc.stdout).text();
  if ((await erlc.exited) !== 0) throw new Error(`mod_jingle_sip.erl: ${said}`);
}

const configuration = (domain: string, clients: number, components: number, options: ServerOptions): string => `
hosts: [ "${domain}" ]
loglevel: warning
certfiles: []
acme: { auto: false }
s2s_access: none
auth_method: internal
listen:
  - { port: ${clients}, ip: "127.0.0.1", module: ejabberd_c2s, starttls: false }
  - port: ${components}
    ip: "127.0.0.1"
    module: ejabberd_service
    check_from: true
    global_routes: false
    hosts:
      "${componentOf(domain)}": { password: "${SECRET}" }
      "other.${domain}": { password: "${SECRET}" }
      "liar.${domain}": { password: "${SECRET}" }
      "loose.${domain}": { password: "${SECRET}" }
modules:
  mod_disco: {}
  mod_roster: {}
  mod_ping: {}
  mod_carboncopy: {}
  mod_privacy: {}
  mod_blocking: {}
  mod_offline: {}
${options.intercept ? intercepting(domain, options) : ""}${options.rosters ? privileging(domain) : ""}`;

/** The rest of a configuration whose gateway may read and write rosters, which ends with the `modules:` entry. */
const privileging = (domain: string): string => `  mod_privilege: { roster: { both: of_gateway } }
acl: { gateway: { server: ["${componentOf(domain)}"] } }
access_rules: { of_gateway: { allow: gateway } }
`;

/** The `modules:` entry of our module. */
export const intercepting = (
  domain: string,
  { fallback = "error", timeout = 15, speaksAs = [] }: ServerOptions,
): string =>
  `  mod_jingle_sip: { component: "${componentOf(domain)}", fallback: ${fallback}, timeout: ${timeout}, speaks_as: [${speaksAs.join(", ")}] }\n`;
