/**
 * A gateway with a real Prosody, its proxy, and guests: scripted SIP hosts with addresses of their own, which may know the contents of
 * others' messages.
 */
import { PlayPhone } from "../../journal/play-phone.ts";
import type { Address, Datagrams } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";
import { changed } from "./changed.ts";
import { Device } from "./device.ts";
import { type GatewayProcess, healthy, startGateway } from "./gateway-process.ts";
import { gatewayToml } from "./gateway-toml.ts";
import { Inbox } from "./inbox.ts";
import { PLAY_TEXTS } from "./play-texts.ts";
import { COMPONENT, type Prosody, startProsody } from "./prosody.ts";
import type { Runtime } from "./runtimes.ts";

export const PROXY = "127.0.0.7";
export const GATEWAY = "127.0.0.1";
export const OFFER = PLAY_TEXTS["offer-contents"] ?? "";
export const SDP = `Content-Type: application/sdp\n\n${PLAY_TEXTS["answer-sdp"]}`;
export const OFFER_SDP = `Content-Type: application/sdp\n\n${PLAY_TEXTS["offer-sdp"]}`;

/** A SIP host. */
export class Guest {
  readonly heard = new Inbox<string>();
  readonly at: Address;
  to: Address = { host: GATEWAY, port: 0 };
  #play: PlayPhone;
  #branch = 0;
  readonly #socket: Datagrams;

  private constructor(socket: Datagrams) {
    this.#socket = socket;
    this.at = socket.local;
    this.#play = new PlayPhone(`${this.at.host}:${this.at.port}`);
  }

  static async open(host: string, port = 0): Promise<Guest> {
    let guest: Guest | undefined;
    const received = (bytes: Uint8Array): void => guest?.hears(new TextDecoder().decode(bytes));
    guest = new Guest(await openUdp({ host, port }, { received, failed: () => {} }));
    return guest;
  }

  /** Its Contact. */
  get contact(): string {
    return `Contact: <sip:bob@${this.at.host}:${this.at.port}>`;
  }

  hears(text: string): void {
    this.#play.hear(text);
    this.heard.put(text);
  }

  /** Makes it know everything that another one knows: tags, numbers, branches. */
  knows(other: Guest): void {
    this.#play = other.#play.copy();
  }

  /** Sends a message; the test writes only the relevant parts. */
  says(text: string): string {
    const whole = this.#play.complete(this.#withVia(text));
    this.writes(whole);
    return whole;
  }

  /** Its requests have its own Via, whatever it knows of others; a CANCEL has the branch of its INVITE, written by the test. */
  #withVia(text: string): string {
    const [method = ""] = text.split(" ", 1);
    if (["SIP/2.0", "CANCEL"].includes(method)) return text;
    if (method !== "ACK") this.#branch++;
    const via = `Via: SIP/2.0/UDP ${this.at.host}:${this.at.port};rport;branch=z9hG4bK${this.at.port}-${this.#branch}`;
    return changed(text, "\n", `\n${via}\n`);
  }

  /** Sends a text unchanged. */
  writes(text: string): void {
    this.#socket.send(new TextEncoder().encode(text), this.to);
  }

  /** Answers a request received earlier. */
  replies(request: string, start: string, method?: string): void {
    const fields = ["Via", "From", "To", "Call-ID", "CSeq"].flatMap((name) => {
      const [, value = ""] = new RegExp(`^${name}: (.*)\r`, "m").exec(request) ?? [];
      if (name === "CSeq") return [`CSeq: ${method ? changed(value, / .*/, ` ${method}`) : value}`];
      return [`${name}: ${value}${name === "To" && !value.includes(";tag=") ? ";tag=guest" : ""}`];
    });
    this.writes(`SIP/2.0 ${start}\r\n${fields.join("\r\n")}\r\nContent-Length: 0\r\n\r\n`);
  }

  next(begins: string): Promise<string> {
    return this.heard.next((text) => text.startsWith(begins), `${this.at.host}: ${begins}`);
  }

  /** The status of the next final response to this method. */
  async status(method: string): Promise<string> {
    const text = await this.heard.next(
      (each) => /^SIP\/2.0 [2-6]/.test(each) && new RegExp(`^CSeq: \\d+ ${method}`, "m").test(each),
      `${this.at.host}: the answer to ${method}`,
    );
    return text.slice(8, 11);
  }

  close(): Promise<void> {
    return this.#socket.close();
  }
}

export interface WorldOptions {
  readonly users: readonly string[];
  /** Additional lines for each section of the configuration. */
  readonly sip?: string;
  readonly calls?: string;
  readonly more?: string;
  readonly web?: string;
  readonly listen?: number;
  readonly proxyHost?: string;
  readonly runtime?: Runtime;
}

export class GuestWorld {
  readonly server: Prosody;
  readonly proxy: Guest;
  readonly #options: WorldOptions;
  readonly #devices: Device[] = [];
  readonly #guests: Guest[] = [];
  gateway: GatewayProcess;

  static async start(options: WorldOptions): Promise<GuestWorld> {
    const server = await startProsody([...options.users]);
    const proxy = await Guest.open(PROXY);
    const gateway = await startGateway(tomlOf(options, server, proxy), options.runtime);
    const world = new GuestWorld(server, proxy, options, gateway);
    await world.#ready();
    return world;
  }

  private constructor(server: Prosody, proxy: Guest, options: WorldOptions, gateway: GatewayProcess) {
    this.server = server;
    this.proxy = proxy;
    this.#options = options;
    this.gateway = gateway;
  }

  /** Kills and restarts the gateway. */
  async again(): Promise<void> {
    this.gateway.kill("SIGKILL");
    await this.gateway.exited;
    this.gateway = await startGateway(tomlOf(this.#options, this.server, this.proxy), this.#options.runtime);
    await this.#ready();
    for (const device of this.#devices) {
      await device.send(Device.element(`<presence to='${COMPONENT}'/>`));
      await device.ask("get", COMPONENT, Device.element("<ping xmlns='urn:xmpp:ping'/>"));
    }
  }

  async guest(host: string): Promise<Guest> {
    const guest = await Guest.open(host);
    guest.to = { host: GATEWAY, port: this.gateway.sipPort };
    this.#guests.push(guest);
    return guest;
  }

  async device(user: string): Promise<Device> {
    const device = new Device(this.server, user, "balcony");
    await device.start();
    this.#devices.push(device);
    return device;
  }

  /** A user calls bob, who answers with the proxy's Contact or with his own. */
  async talk(device: Device, sid: string, contact = this.proxy.contact): Promise<void> {
    await device.say(`bob@${COMPONENT}`, "session-initiate", sid, OFFER);
    // a repeated INVITE of an earlier call may still be unread
    await this.proxy.heard.next((text) => text.startsWith("INVITE") && text.includes(sid), `INVITE of ${sid}`);
    this.proxy.says(`SIP/2.0 200 OK\nTo: <sip:bob@${COMPONENT}>;tag=bob-${sid}\n${contact}\n${SDP}`);
    await device.heard.next(
      ({ action, jingle }) => action === "session-accept" && jingle.attrs.sid === sid,
      `answer to ${sid}`,
    );
  }

  async stop(): Promise<void> {
    for (const device of this.#devices) await device.stop();
    await this.gateway.stop();
    for (const guest of [...this.#guests, this.proxy]) await guest.close();
    await this.server.stop();
  }

  async #ready(): Promise<void> {
    await healthy(this.gateway);
    this.proxy.to = { host: GATEWAY, port: this.gateway.sipPort };
  }
}

/** The answer to an IQ: `result`, or the name of the error. */
export const answerOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => "result",
    (error: { condition?: string }) => error.condition ?? String(error),
  );

const tomlOf = (
  { sip = "", calls = "", more = "", web = "", listen = 0, proxyHost = PROXY }: WorldOptions,
  server: Prosody,
  proxy: Guest,
): string =>
  gatewayToml(server, proxy.at.port, {
    proxyHost,
    listenPort: listen,
    sip: `options_interval = 0\n${sip}`,
    tables: `[calls]\njmi_timeout = 5\n${calls}\n${more}`,
    web,
  });
