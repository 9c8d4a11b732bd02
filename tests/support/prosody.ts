/** Runs Prosody, a real XMPP server, on loopback, with a configuration written here. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolder } from "./folders.ts";
import { listening } from "./listening.ts";
import { freePorts } from "./ports.ts";
import { notInstalled, program } from "./programs.ts";

/** Why the tests with Prosody are skipped, if they are. */
export const noProsody = notInstalled("prosody", "prosody", "prosodyctl");

/** The default domain of a server, and of its gateway. */
export const DOMAIN = "example.test";
export const componentOf = (domain: string): string => `sip.${domain}`;
export const COMPONENT = componentOf(DOMAIN);
export const SECRET = "s3cret";

/**
 * A running server. It has further components, `other.`, `liar.` and `loose.` plus the domain, with the same secret; `loose.`
 * may use the gateway's address as sender, since only its own module prevents that.
 */
export interface XmppServer {
  readonly clientPort: number;
  readonly componentPort: number;
  readonly domain: string;
  /** The gateway's domain. */
  readonly component: string;
  stop(): Promise<void>;
}
/** A server whose module can be controlled. */
export interface LocalServer extends XmppServer {
  /** Reloads our module. */
  reloadModule(): Promise<void>;
  /** Suspends the module's own process, if it has one (ejabberd), until the returned function is called. */
  holdModule?(): Promise<() => Promise<void>>;
}
export type Prosody = XmppServer;

export interface ServerOptions {
  readonly domain?: string;
  /** The users' calls go to the gateway. */
  readonly intercept?: boolean;
  /** The gateway may read and write the users' rosters (XEP-0356). */
  readonly rosters?: boolean;
  /** Their fate while it is away. */
  readonly fallback?: "error" | "pass";
  /** Seconds for the gateway to answer. */
  readonly timeout?: number;
  /** Further domains that the gateway may send as, besides its own and the users'. */
  readonly speaksAs?: readonly string[];
}

const quiet = { stdout: "ignore", stderr: "ignore" } as const;

/** Starts a server with these users; their passwords are their names. */
export async function startProsody(users: readonly string[], options: ServerOptions = {}): Promise<LocalServer> {
  const { domain = DOMAIN } = options;
  const folder = makeFolder("prosody");
  for (const name of ["data", "certs"]) mkdirSync(join(folder, name));
  const { clientPort, componentPort } = await freePorts("clientPort", "componentPort");
  const file = join(folder, "prosody.cfg.lua");
  writeFileSync(file, configuration(folder, domain, [clientPort, componentPort], options));
  for (const user of users)
    await Bun.spawn([program("prosodyctl"), "--root", "--config", file, "register", user, domain, user], quiet).exited;
  const log = join(folder, "prosody.log");
  const output = Bun.file(log);
  const server = Bun.spawn([program("prosody"), "--config", file, "-F"], { stdout: output, stderr: output });
  await listening("Prosody", server, [clientPort, componentPort], log);
  return {
    ...{ clientPort, componentPort, domain, component: componentOf(domain) },
    async reloadModule() {
      const told = `module:reload("jingle_sip", "${domain}")`;
      const shell = Bun.spawn([program("prosodyctl"), "--root", "--config", file, "shell", told], { stdout: "pipe" });
      const said = await new Response(shell.stdout).text();
      if (!said.includes("OK")) throw new Error(`the module is not loaded anew: ${said}`);
    },
    async stop() {
      server.kill();
      await server.exited;
      removeFolder(folder);
    },
  };
}

/** The folder of the module. */
export const MODULES = join(import.meta.dir, "../../integrations/prosody");
/** The configuration of a host for the module. */
export const intercepting = (
  domain: string,
  { fallback = "error", timeout = 15, speaksAs = [] }: ServerOptions,
): string => `	modules_enabled = { "jingle_sip" }
	jingle_sip_component = "${componentOf(domain)}"
	jingle_sip_fallback = "${fallback}"
	jingle_sip_timeout = ${timeout}
	jingle_sip_speaks_as = { ${speaksAs.map((each) => `"${each}"`).join(", ")} }
`;

/** Why the tests with its mod_privilege are skipped, if they are. */
export const noPrivilege = existsSync("/usr/lib/prosody/modules/mod_privilege")
  ? undefined
  : "mod_privilege is not installed: apt-get install prosody-modules";
/** The configuration of a host whose gateway may read and write rosters; the host and the component need mod_privilege. */
export const privileging = (domain: string): string => `	privileged_entities = {
		["${componentOf(domain)}"] = { roster = "both" }
	}
`;

const configuration = (
  folder: string,
  domain: string,
  [clientPort, componentPort]: readonly [number, number],
  options: ServerOptions,
): string => `
run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
certificates = "${folder}/certs"
plugin_paths = { "${MODULES}" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${clientPort} }
s2s_ports = { }
http_ports = { }
https_ports = { }
component_ports = { ${componentPort} }
component_interfaces = { "127.0.0.1" }
c2s_require_encryption = false
c2s_stanza_size_limit = ${16 * 1_024 * 1_024}
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "carbons"; "blocklist"; "admin_shell"${options.rosters ? '; "privilege"' : ""} }
modules_disabled = { "s2s"; "tls" }
log = { { levels = { min = "error" }, to = "console" } }

VirtualHost "${domain}"
${options.rosters ? privileging(domain) : ""}${options.intercept ? intercepting(domain, options) : ""}Component "${componentOf(domain)}"
	component_secret = "${SECRET}"
${options.rosters ? '	modules_enabled = { "privilege" }\n' : ""}Component "other.${domain}"
	component_secret = "${SECRET}"
Component "liar.${domain}"
	component_secret = "${SECRET}"
Component "loose.${domain}"
	component_secret = "${SECRET}"
	validate_from_addresses = false
`;
