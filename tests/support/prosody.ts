/** Runs Prosody, a real XMPP server, on loopback, with a configuration of the test's own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectTcp, listenTcp } from "../../transports/tcp.ts";

/** Why the tests with Prosody are not run, if they are not. */
export const noProsody =
  Bun.which("prosody") === null ? "prosody is not installed: apt-get install prosody" : undefined;

export const DOMAIN = "example.test";
export const COMPONENT = "sip.example.test";
export const SECRET = "s3cret";

export interface Prosody {
  readonly clientPort: number;
  readonly componentPort: number;
  stop(): Promise<void>;
}

const quiet = { stdout: "ignore", stderr: "ignore" } as const;

/** Starts a server that knows these users, their passwords being their names. */
export async function startProsody(users: readonly string[], intercept = false): Promise<Prosody> {
  const folder = mkdtempSync(join(tmpdir(), "carillon-prosody-"));
  for (const name of ["data", "certs"]) mkdirSync(join(folder, name));
  const [clientPort, componentPort] = [await freePort(), await freePort()];
  const file = join(folder, "prosody.cfg.lua");
  writeFileSync(file, configuration(folder, clientPort, componentPort, intercept));
  for (const user of users)
    await Bun.spawn(["prosodyctl", "--root", "--config", file, "register", user, DOMAIN, user], quiet).exited;
  const server = Bun.spawn(["prosody", "--config", file, "-F"], quiet);
  await listening(clientPort);
  await listening(componentPort);
  return {
    clientPort,
    componentPort,
    async stop() {
      server.kill();
      await server.exited;
      rmSync(folder, { recursive: true });
    },
  };
}

const MODULES = join(import.meta.dir, "../../integrations/prosody");
/** The host's users' calls go to the component. */
const INTERCEPT = `\tmodules_enabled = { "jingle_sip" }\n\tjingle_sip_component = "${COMPONENT}"\n`;

const configuration = (folder: string, clientPort: number, componentPort: number, intercept: boolean): string => `
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
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "carbons" }
modules_disabled = { "s2s"; "tls" }
log = { { levels = { min = "error" }, to = "console" } }

VirtualHost "${DOMAIN}"
${intercept ? INTERCEPT : ""}Component "${COMPONENT}"
	component_secret = "${SECRET}"
`;

/** A TCP port of loopback that nobody has. */
export async function freePort(): Promise<number> {
  const listener = await listenTcp({ host: "127.0.0.1", port: 0 }, () => ({ received: () => {}, closed: () => {} }));
  await listener.close();
  return listener.local.port;
}

/** Waits until somebody listens; gives up after ten seconds. */
export async function listening(port: number): Promise<void> {
  const until = Date.now() + 10_000;
  while (Date.now() < until) {
    try {
      const to = { host: "127.0.0.1", port };
      (await connectTcp(to, { received: () => {}, closed: () => {} }, 1_000)).destroy();
      return;
    } catch {
      await Bun.sleep(50);
    }
  }
  throw new Error(`nobody listens on port ${port}`);
}
