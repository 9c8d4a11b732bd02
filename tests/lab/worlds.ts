/**
 * The worlds that phones are seen in: an XMPP server, what the gateway speaks with Kamailio, and in which mode it is.
 * Intercepting it is in the place of the server's own module: the calls of the server's users go by way of it.
 */
import { describe } from "bun:test";
import { LabEjabberd } from "./ejabberd.ts";
import type { LabGatewayOptions } from "./gateway.ts";
import { labTitle, noLab } from "./lab.ts";
import { LabProsody } from "./prosody.ts";
import type { LabServer, ServerNeeds } from "./scene.ts";

export class World {
  readonly transport: LabGatewayOptions["transport"];
  readonly mode: LabGatewayOptions["mode"];
  readonly #name: keyof typeof SERVERS;

  constructor(name: keyof typeof SERVERS, transport: World["transport"], mode: World["mode"] = "gateway") {
    this.#name = name;
    this.transport = transport;
    this.mode = mode;
  }

  /** A server of this world, which has not been started. */
  server(needs: ServerNeeds = {}): LabServer {
    return new SERVERS[this.#name]({ ...needs, intercept: this.mode === "intercept" });
  }

  toString(): string {
    const does = this.mode === "intercept" ? "intercepts and speaks" : "speaks";
    return `on ${this.#name}, the gateway ${does} ${this.transport.toUpperCase()}`;
  }
}

const SERVERS = { Prosody: LabProsody, ejabberd: LabEjabberd } as const;

export const PROSODY_UDP = new World("Prosody", "udp");
export const EJABBERD_TCP = new World("ejabberd", "tcp");

/** Each server with each transport. */
export const EVERY_TRANSPORT = [PROSODY_UDP, new World("Prosody", "tcp"), new World("ejabberd", "udp"), EJABBERD_TCP];
export const INTERCEPTING = [new World("Prosody", "udp", "intercept"), new World("ejabberd", "tcp", "intercept")];

/** The tests of the lab with that title, in each of these worlds. */
export function inWorlds(
  title: string,
  tests: (world: World) => void,
  worlds: readonly World[] = EVERY_TRANSPORT,
): void {
  for (const world of worlds) describe.skipIf(noLab !== undefined)(labTitle(`${title}, ${world}`), () => tests(world));
}
