/**
 * The world of the scenarios: two servers, each with a gateway that takes all calls of its users, and one SIP proxy
 * between the gateways. What was a second node of the predecessor's cluster is the second server here.
 */
import xml, { type Element } from "@xmpp/xml";
import { B2bua } from "../support/b2bua.ts";
import { Device } from "../support/device.ts";
import { noEjabberd, startEjabberd } from "../support/ejabberd.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml } from "../support/gateway-toml.ts";
import { type LocalServer, noProsody, type ServerOptions, startProsody, type XmppServer } from "../support/prosody.ts";

/** A kind of server: how it is started, and why its tests are not run, if they are not. */
export interface ServerKind {
  readonly name: string;
  readonly missing: string | undefined;
  readonly start: (users: readonly string[], options: ServerOptions) => Promise<LocalServer>;
}

export const SERVERS: readonly ServerKind[] = [
  { name: "Prosody", missing: noProsody, start: startProsody },
  { name: "ejabberd", missing: noEjabberd, start: startEjabberd },
];

/** A gateway that intercepts for a server; its proxy is the one at that port, or itself. */
export async function startIntercepting(
  server: XmppServer,
  ports: { readonly proxy: number; readonly listen: number },
  speaksAs: readonly string[] = [],
): Promise<GatewayProcess> {
  const toml = gatewayToml(server, ports.proxy, {
    listenPort: ports.listen,
    xmpp: `mode = "intercept"\nspeaks_as = ${JSON.stringify(speaksAs)}`,
    // one user makes all calls
    tables: "[calls]\nper_user = 0\nper_minute = 0",
  });
  const gateway = await startGateway(toml);
  await healthy(gateway);
  return gateway;
}

/** A device that is online, and known to be by the gateway: its answer to a ping comes after the presence. */
export async function comesOnline(server: XmppServer, user: string, resource: string): Promise<Device> {
  const device = new Device(server, user, resource);
  await device.start();
  await isSeen(device, server);
  return device;
}

export async function isSeen(device: Device, server: XmppServer): Promise<void> {
  await device.ask("get", server.component, xml("ping", { xmlns: "urn:xmpp:ping" }));
}

export interface Side {
  readonly server: XmppServer;
  readonly gateway: GatewayProcess;
}

export class World {
  readonly near: Side;
  readonly far: Side;
  readonly proxy: B2bua;
  readonly #devices: Device[] = [];

  private constructor(near: Side, far: Side, proxy: B2bua) {
    this.near = near;
    this.far = far;
    this.proxy = proxy;
  }

  static async start({ start }: ServerKind): Promise<World> {
    const proxy = new B2bua();
    await proxy.start();
    const [near, far] = await Promise.all(
      ["near.test", "far.test"].map(async (domain): Promise<Side> => {
        // each side's users ring at the other's by their own address
        const speaksAs = ["near.test", "far.test"].filter((other) => other !== domain);
        const server = await start(["alice", "bob", "carol", "mallory"], { domain, intercept: true, speaksAs });
        const gateway = await startIntercepting(server, { proxy: proxy.port, listen: 0 }, speaksAs);
        proxy.route(domain, gateway.sipPort);
        return { server, gateway };
      }),
    );
    if (!near || !far) throw new Error("a server is missing");
    return new World(near, far, proxy);
  }

  /** A device of a user, `user/resource`, until the scenario ends. */
  async device(name: string, side: Side = this.near): Promise<Device> {
    const [user = "", resource = ""] = name.split("/");
    const device = await comesOnline(side.server, user, resource);
    this.#devices.push(device);
    return device;
  }

  async endScenario(): Promise<void> {
    for (const device of this.#devices.splice(0)) await device.stop();
  }

  async stop(): Promise<void> {
    for (const { gateway, server } of [this.near, this.far]) {
      await gateway.stop();
      await server.stop();
    }
    await this.proxy.stop();
  }
}

/** The next Jingle that a device hears of this action, and of this session where one is named. */
export const hears = (device: Device, action: string, sid?: string) =>
  device.heard.next(
    (each) => each.action === action && (sid === undefined || each.jingle.attrs.sid === sid),
    `${action}${sid === undefined ? "" : ` of ${sid}`} at ${device.jid}`,
  );

/** Why a session has ended: the name in its reason. */
export async function hearsEnd(device: Device, sid: string): Promise<string | undefined> {
  const { jingle } = await hears(device, "session-terminate", sid);
  return jingle.getChild("reason")?.getChildElements()[0]?.getName();
}

export const sipErrorIn = (jingle: Element): unknown => jingle.getChild("reason")?.getChild("sip-error")?.attrs.code;
