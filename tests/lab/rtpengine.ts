/**
 * rtpengine as Debian packages it, in userspace: no kernel module, which is what `--table=-1` says.
 *
 * Rule: without session tickets (integrations/rtpengine/openssl.cnf), since GnuTLS in Dino fails on them and hears nothing.
 */
import { join } from "node:path";
import { systemClock } from "../../actors/clock.ts";
import { RelayClient } from "../../actors/relay/client.ts";
import type { Bencodes } from "../../protocol/bencode.ts";
import { openUdp } from "../../transports/udp.ts";
import { makeFolder, NG, PROXY } from "./lab.ts";
import { Program } from "./program.ts";

const OPENSSL_CONF = join(import.meta.dir, "../../integrations/rtpengine/openssl.cnf");
const [HOST = "", PORT = ""] = NG.split(":");

export class Rtpengine {
  readonly #client = new RelayClient({
    clock: systemClock,
    random: () => crypto.randomUUID(),
    openUdp,
    log: () => {},
    at: { host: HOST, port: Number(PORT) },
    came: () => {},
  });
  #program: Program | undefined;

  async start(): Promise<void> {
    this.#program = new Program(
      [
        ...["rtpengine", "--config-file=none", "--table=-1", `--interface=${PROXY}`, `--listen-ng=${NG}`],
        ...["--port-min=30000", "--port-max=30999", "--delete-delay=0", "--timeout=60"],
        ...["--foreground", "--log-stderr", "--log-level=6"],
      ],
      { folder: makeFolder("rtpengine"), env: { OPENSSL_CONF } },
    );
    await this.#program.says(/Startup complete/);
  }

  get said(): string {
    return this.#program?.said ?? "";
  }

  /** How often it was told such a thing. */
  told(command: "offer" | "answer"): number {
    return this.said.match(new RegExp(`Received command '${command}'`, "g"))?.length ?? 0;
  }

  /** The names of the calls that it knows. */
  async calls(): Promise<unknown> {
    return ((await this.#client.ask("list")) as Bencodes).calls;
  }

  async stop(): Promise<void> {
    this.#client.stop();
    await this.#program?.stop();
  }
}
