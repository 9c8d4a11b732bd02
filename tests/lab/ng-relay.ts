/** A media relay of the lab that is told what to do by rtpengine's ng protocol. */
import { systemClock } from "../../actors/clock.ts";
import { RelayClient } from "../../actors/relay/client.ts";
import type { Bencodes } from "../../protocol/bencode.ts";
import { openUdp } from "../../transports/udp.ts";
import { NG } from "./lab.ts";
import type { Program } from "./program.ts";

const [HOST = "", PORT = ""] = NG.split(":");

const OFFER = [
  "v=0",
  "o=- 1 1 IN IP4 198.18.0.1",
  "s=-",
  "c=IN IP4 198.18.0.1",
  "t=0 0",
  "m=audio 7000 RTP/AVP 0",
  "",
].join("\r\n");

export abstract class NgRelay {
  /** What it says when it is up, and when it is told something. */
  protected abstract readonly up: RegExp;
  protected abstract readonly asked: RegExp;
  readonly #client = new RelayClient({
    clock: systemClock,
    random: () => crypto.randomUUID(),
    openUdp,
    log: () => {},
    at: { host: HOST, port: Number(PORT) },
    came: () => {},
  });
  #program: Program | undefined;

  protected abstract begin(): Program;

  async start(): Promise<void> {
    this.#program = this.begin();
    await this.#program.says(this.up);
  }

  get said(): string {
    return this.#program?.said ?? "";
  }

  /** How often it was told such a thing. */
  told(command: "offer" | "answer"): number {
    return [...this.said.matchAll(this.asked)].filter(([, told]) => told === command).length;
  }

  /** The names of the calls that it knows. */
  async calls(): Promise<unknown> {
    return ((await this.#client.ask("list")) as Bencodes).calls;
  }

  /** A call with a phone's offer begins there. */
  async leave(name: string): Promise<void> {
    const flags = { "from-tag": name, ICE: "force", "transport-protocol": "UDP/TLS/RTP/SAVPF" };
    await this.#client.ask("offer", { "call-id": name, ...flags, sdp: OFFER });
  }

  async query(id: string): Promise<unknown> {
    return await this.#client.ask("query", { "call-id": id });
  }

  /** It is killed, and another is there before anybody has missed it. */
  async startAnew(): Promise<void> {
    await this.#program?.kill();
    await this.start();
  }

  async stop(): Promise<void> {
    this.#client.stop();
    await this.#program?.stop();
  }
}
