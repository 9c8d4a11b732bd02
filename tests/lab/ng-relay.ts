/** A media relay of the lab that is told what to do by rtpengine's ng protocol. */
import { systemClock } from "../../actors/clock.ts";
import { RelayClient } from "../../actors/relay/client.ts";
import type { Bencodes } from "../../protocol/bencode.ts";
import { openUdp } from "../../transports/udp.ts";
import { NG } from "./lab.ts";
import type { Program } from "./program.ts";

const [HOST = "", PORT = ""] = NG.split(":");

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
