/**
 * The world of calls that are proposed by message: a server with the module, the gateway that takes all calls of its users,
 * and what stands in the SIP network beyond.
 */
import { B2bua } from "../support/b2bua.ts";
import { Device } from "../support/device.ts";
import type { GatewayProcess } from "../support/gateway-process.ts";
import { hearsMessage, payload } from "../support/jingle-messages.ts";
import { freePort } from "../support/ports.ts";
import type { XmppServer } from "../support/prosody.ts";
import { type SipJsPhone, startSipJsPhone } from "../support/sipjs-phone.ts";
import { until } from "../support/until.ts";
import { isSeen, type ServerKind, startIntercepting } from "./scenarios-world.ts";

/** The proxy: one that calls back by another Call-ID, or a plain one, which the gateway itself can be. */
export type Beyond = "a B2BUA" | "the gateway itself";

export class MessagesWorld {
  readonly server: XmppServer;
  readonly gateway: GatewayProcess;
  readonly #b2bua: B2bua | undefined;
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(server: XmppServer, gateway: GatewayProcess, b2bua: B2bua | undefined) {
    this.server = server;
    this.gateway = gateway;
    this.#b2bua = b2bua;
  }

  static async start(kind: ServerKind, beyond: Beyond): Promise<MessagesWorld> {
    const server = await kind.start(["juliet", "romeo", "tybalt"], {
      intercept: true,
      speaksAs: ["pbx.test"],
    });
    const b2bua = beyond === "a B2BUA" ? new B2bua() : undefined;
    await b2bua?.start();
    const listen = await freePort();
    const gateway = await startIntercepting(server, { proxy: b2bua?.port ?? listen, listen }, ["pbx.test"]);
    b2bua?.route(server.domain, gateway.sipPort);
    return new MessagesWorld(server, gateway, b2bua);
  }

  /** The JID of a user, by which the others call. */
  bare(user: string): string {
    return `${user}@${this.server.domain}`;
  }

  /** A device that takes proposals and has carbons: `user/resource`. */
  async device(name: string): Promise<Device> {
    const device = this.#deviceOf(name);
    await device.start();
    await device.takesProposals();
    await isSeen(device, this.server);
    return device;
  }

  /** A device goes away, and is gone by then: whoever asks it something is told that nobody is there. */
  async leaves(device: Device, asker: Device): Promise<void> {
    await device.stop();
    await until(`${device.jid}'s end`, () => asker.isGone(device.jid), Boolean);
  }

  /** A device that has been here before comes online again. */
  async wakes(name: string): Promise<Device> {
    const device = this.#deviceOf(name);
    await device.wakes();
    return device;
  }

  #deviceOf(name: string): Device {
    const [user = "", resource = ""] = name.split("/");
    const device = new Device(this.server, user, resource);
    this.#closing.push(() => device.stop());
    return device;
  }

  /** bob@pbx.test, whom the B2BUA calls. */
  async callee(): Promise<SipJsPhone> {
    const phone = await this.#phone(this.#b2bua?.port ?? 0);
    this.#b2bua?.route("pbx.test", phone.port);
    return phone;
  }

  /** bob@pbx.test, who calls the users. */
  caller(): Promise<SipJsPhone> {
    return this.#phone(this.gateway.sipPort);
  }

  /** Whoever has that address, which the proxy has checked: its calls come by way of it. */
  known(address: string): Promise<SipJsPhone> {
    return this.#phone(this.#b2bua?.port ?? this.gateway.sipPort, address);
  }

  async #phone(port: number, address?: string): Promise<SipJsPhone> {
    const phone = await startSipJsPhone(undefined, address);
    phone.gatewayPort = port;
    this.#closing.push(() => phone.stop());
    return phone;
  }

  /** What a device has heard and no test has waited for, a word for each; what the gateway has said by now is among it. */
  async restOf(device: Device): Promise<string[]> {
    await isSeen(device, this.server);
    return [...device.heard.rest().map(({ action }) => action), ...device.messages.rest().map(wordFor)].sort();
  }

  async stop(): Promise<void> {
    for (const close of this.#closing) await close();
    await this.gateway.stop();
    await this.#b2bua?.stop();
    await this.server.stop();
  }
}

/** The name of a Jingle Message, after `sent` or `received` where it is a carbon. */
function wordFor(message: Parameters<typeof payload>[0]): string {
  const carbon = message?.getChild("sent") ?? message?.getChild("received");
  if (carbon) return `${carbon.getName()} ${wordFor(carbon.getChild("forwarded")?.getChild("message"))}`;
  return payload(message)?.getName() ?? String(message);
}

/** A device is proposed a call: by whom, and by which id. */
export async function isProposed(device: Device): Promise<{ from: string; id: string }> {
  const proposed = await hearsMessage(device, "propose");
  return { from: String(proposed.attrs.from), id: String(payload(proposed)?.attrs.id) };
}

/** The condition in the reason of a finish, a reject or a retract. */
export const conditionIn = (message: Parameters<typeof payload>[0]): string | undefined =>
  payload(message)?.getChild("reason")?.getChildElements()[0]?.getName();
