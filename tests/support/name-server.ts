/**
 * A name server of a few names, RFC 1035 and RFC 2782: addresses and services, and names about which it says nothing at all.
 *
 * It listens at the port of name servers, on an address of loopback that nobody else uses then, so it needs root; `atIt` is the command that runs
 * another one where this is the only name server (unshare(1)).
 */
import { createSocket, type Socket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolder } from "./folders.ts";
import { notInstalled } from "./programs.ts";

export const noNameServer = process.getuid?.() === 0 ? notInstalled("util-linux", "unshare") : "root is needed";

/** Addresses of loopback that are tried: one may be another run's. */
const HOSTS = Array.from({ length: 250 }, (_, at) => `127.0.53.${at + 1}`);

const [A, SRV] = [1, 33];

export interface Service {
  readonly priority: number;
  readonly port: number;
  readonly target: string;
}

export interface Names {
  readonly addresses: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, readonly Service[]>>;
  /** The end of names about which it is silent. */
  silent: string;
}

export class NameServer {
  readonly asked: string[] = [];
  readonly #names: Names;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #folder = makeFolder("names");

  private constructor(names: Names, host: string, socket: Socket) {
    this.#names = names;
    this.#host = host;
    this.#socket = socket;
    this.#socket.on("message", (question, from) => {
      const answer = this.#answer(question);
      if (answer) this.#socket.send(answer, from.port, from.address);
    });
  }

  static async start(names: Names): Promise<NameServer> {
    for (const host of HOSTS) {
      const socket = await bound(host);
      if (socket) return new NameServer(names, host, socket);
    }
    throw new Error("no address is left for a name server");
  }

  /** Runs a command where this is the name server. */
  atIt(command: readonly string[]): string[] {
    const file = join(this.#folder, "resolv.conf");
    writeFileSync(file, `nameserver ${this.#host}\n`);
    return ["unshare", "-m", "sh", "-c", `mount --bind ${file} /etc/resolv.conf && exec "$0" "$@"`, ...command];
  }

  stop(): void {
    this.#socket.close();
    removeFolder(this.#folder);
  }

  #answer(question: Buffer): Buffer | undefined {
    const end = question.indexOf(0, 12) + 5;
    const name = nameIn(question).toLowerCase();
    const type = question.readUInt16BE(end - 4);
    this.asked.push(`${type} ${name}`);
    if (this.#names.silent !== "" && name.endsWith(this.#names.silent)) return undefined;
    const records = type === A ? this.#addresses(name) : type === SRV ? this.#services(name) : [];
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    return Buffer.concat([head, question.subarray(12, end), ...records.map((each) => recordOf(type, each))]);
  }

  #addresses(name: string): Buffer[] {
    const address = this.#names.addresses[name];
    return address === undefined ? [] : [Buffer.from(address.split(".").map(Number))];
  }

  #services(name: string): Buffer[] {
    return (this.#names.services[name] ?? []).map(({ priority, port, target }) => {
      const fixed = Buffer.alloc(6);
      fixed.writeUInt16BE(priority, 0);
      fixed.writeUInt16BE(port, 4);
      return Buffer.concat([fixed, labelsOf(target)]);
    });
  }
}

/** A socket at the port of name servers; undefined if the address is in use. */
const bound = (host: string): Promise<Socket | undefined> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", (error) =>
      "code" in error && error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    socket.bind(53, host, () => resolve(socket));
  });

/** The name that is asked for. */
function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; question[at] !== 0 && at < question.length; at += 1 + (question[at] ?? 0))
    labels.push(question.toString("latin1", at + 1, at + 1 + (question[at] ?? 0)));
  return labels.join(".");
}

const labelsOf = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

/** A record of the name that was asked for, which holds for a second. */
function recordOf(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 1, 0, data.length]);
  return Buffer.concat([head, data]);
}
