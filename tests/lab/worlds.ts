/** The worlds that every phone is seen in: an XMPP server, and what the gateway speaks with Kamailio. */
import { describe } from "bun:test";
import { LabEjabberd } from "./ejabberd.ts";
import { labTitle, noLab } from "./lab.ts";
import { LabProsody } from "./prosody.ts";
import type { LabServer, ServerNeeds, SipTransport } from "./scene.ts";

export class World {
  readonly transport: SipTransport;
  readonly #name: keyof typeof SERVERS;

  constructor(name: keyof typeof SERVERS, transport: SipTransport) {
    this.#name = name;
    this.transport = transport;
  }

  /** A server of this world, which has not been started. */
  server(needs: ServerNeeds = {}): LabServer {
    return new SERVERS[this.#name](needs);
  }

  toString(): string {
    return `on ${this.#name}, the gateway speaks ${this.transport.toUpperCase()}`;
  }
}

const SERVERS = { Prosody: LabProsody, ejabberd: LabEjabberd } as const;

export const PROSODY_UDP = new World("Prosody", "udp");
export const EJABBERD_TCP = new World("ejabberd", "tcp");

const ALL = [PROSODY_UDP, new World("Prosody", "tcp"), new World("ejabberd", "udp"), EJABBERD_TCP];

/** The tests of the lab with that title, in each of these worlds. */
export function inWorlds(title: string, tests: (world: World) => void, worlds: readonly World[] = ALL): void {
  for (const world of worlds) describe.skipIf(noLab !== undefined)(labTitle(`${title}, ${world}`), () => tests(world));
}
