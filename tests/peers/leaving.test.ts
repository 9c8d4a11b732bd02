/**
 * SIGTERM to the gateway as people run it, on each runtime, while others hold it up all at once: an XMPP server, SIP peers and readers of the window
 * that read nothing, calls without end from phones and users, a log that nobody reads. With a store it leaves at once, and
 * the next start goes on with the call; without one it leaves after `drain_timeout`.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { aliceOffers, bobOffers } from "../../examples/sessions.ts";
import type { Request } from "../../protocol/sip/message.ts";
import { type Alice, aliceToml, startAlice } from "../support/alice.ts";
import { type Bob, startBob } from "../support/bob.ts";
import { Authority, noOpenssl } from "../support/certificates.ts";
import { changed } from "../support/changed.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { callsByPhones, callsByUser, type HeldUp, silentPeers, silentReaders } from "../support/held-up.ts";
import { freePorts } from "../support/ports.ts";
import { RUNTIMES, type Runtime } from "../support/runtimes.ts";
import { quietMilliseconds } from "../support/slowness.ts";
import { until } from "../support/until.ts";
import { Valve } from "../support/valve.ts";

const ROOT = join(import.meta.dir, "../..");
const HERE = "127.0.0.1";
const BOB = "bob@sip.example.org";
/** Milliseconds on a quiet machine: what is promised with a store; Deno, whose turns are longer, has more where all hold it up at once. */
const LEAVING = { Bun: 2_000, Node: 2_000, Deno: 6_000 } as const;
/** Milliseconds of `drain_timeout`, and of the moment in which calls are ended. */
const DRAINING = 2_000;

/** What a test has started, to be ended the other way round. */
const started: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of started.splice(0).reverse()) await end();
}, 60_000);

let authority: Authority | undefined;
beforeAll(() => {
  if (noOpenssl === undefined) authority = new Authority();
});
afterAll(() => authority?.remove());

class Scene implements HeldUp {
  readonly alice: Alice;
  readonly bob: Bob;
  readonly valve: Valve;
  readonly ports: HeldUp["ports"];
  readonly folder: string;
  readonly #runtime: Runtime;
  /** Of `[calls]`. */
  readonly #calls: string;
  #run: Bun.Subprocess | undefined;

  static async open(runtime: Runtime, calls = ""): Promise<Scene> {
    const folder = makeFolder("leaving");
    started.push(() => removeFolder(folder));
    const [alice, bob, ports] = await Promise.all([startAlice(), startBob(), freePorts("sip", "web", "tls")]);
    started.push(() => Promise.all([alice.close(), bob.phone.close()]));
    const valve = await Valve.open(alice.port);
    started.push(() => valve.close());
    return new Scene(runtime, { alice, bob, ports, valve, folder }, calls || `store = "${join(folder, "calls.db")}"`);
  }

  private constructor(
    runtime: Runtime,
    { alice, bob, ports, valve, folder }: Pick<Scene, "alice" | "bob" | "ports" | "valve" | "folder">,
    calls: string,
  ) {
    [this.alice, this.bob, this.ports, this.valve, this.folder] = [alice, bob, ports, valve, folder];
    this.#runtime = runtime;
    this.#calls = calls;
  }

  get pid(): number {
    return this.#run?.pid ?? 0;
  }

  /** Starts the gateway, with the server at this port; its log goes to this file. */
  async start(server = this.valve.port, log = join(this.folder, "log")): Promise<void> {
    const file = join(this.folder, "carillon.toml");
    writeFileSync(file, this.#toml(server));
    const stdout = openSync(log, log.endsWith("fifo") ? constants.O_WRONLY : "a");
    const run = Bun.spawn([...this.#runtime.command, "main.ts", "--config", file], {
      cwd: ROOT,
      stdout,
      stderr: "pipe",
    });
    closeSync(stdout);
    this.#run = run;
    started.push(async () => {
      run.kill("SIGKILL");
      await run.exited;
    });
    await until("all is up", () => this.health(), Boolean);
    this.bob.phone.gatewayPort = this.ports.sip;
    this.alice.comesOnline();
  }

  #toml(server: number): string {
    const { certificate = "", key = "" } = authority?.sign("gateway", "DNS:x.test") ?? {};
    const { sip, web, tls } = this.ports;
    const secure = `tls_port = ${tls}\ncertificate = "${certificate}"\nkey = "${key}"\nallow = ["${HERE}"]`;
    const toml = changed(aliceToml(server, this.bob.phone.port), "listen_port = 0", `listen_port = ${sip}`);
    const opened = changed(changed(toml, "[web]\nport = 0", `[web]\nport = ${web}`), "[sip]", `[sip]\n${secure}`);
    return `${opened}\n[calls]\nper_user = 0\nper_minute = 0\n${this.#calls}\n`;
  }

  health(): Promise<boolean> {
    return fetch(`http://${HERE}:${this.ports.web}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Alice calls bob, who answers. */
  async talks(): Promise<Request> {
    this.alice.says(BOB, "session-initiate", "talk", aliceOffers("actpass"));
    const invite = await this.bob.request("INVITE", "talk");
    this.bob.phone.respond(invite, 200, bobOffers("active"));
    await this.alice.hears("session-accept", "talk");
    await this.bob.request("ACK", "talk");
    return invite;
  }

  async bobHangsUp(invite: Request): Promise<void> {
    this.bob.phone.hangUp(invite);
    await this.bob.response(200, "talk");
    await this.alice.hears("session-terminate", "talk");
  }

  /** Everybody holds it up for a second, in which it is alive. */
  async heldUp(): Promise<() => Promise<void>> {
    const ends = [silentPeers(this), await silentReaders(this), await callsByPhones(this), callsByUser(this)];
    const end = async (): Promise<void> => {
      for (const each of ends.splice(0)) await each();
    };
    started.push(end);
    await Bun.sleep(1_000);
    const isAlive = (): Promise<boolean> =>
      fetch(`http://${HERE}:${this.ports.web}/health`).then(
        () => true,
        () => false,
      );
    await until("an answer", isAlive, Boolean);
    return end;
  }

  /** SIGTERM; gives the milliseconds until it has left. */
  leaves(): Promise<number> {
    return quietMilliseconds(() => this.#left());
  }

  async #left(): Promise<void> {
    this.#run?.kill("SIGTERM");
    await until(
      "its end",
      () => this.#state(),
      (state) => state === "Z" || state === "",
      30,
    );
  }

  /** Its exit code, and what it has said on standard error. */
  async ended(): Promise<readonly [code: number | undefined, said: string]> {
    const said = new Response(this.#run?.stderr as ReadableStream<Uint8Array>).text();
    return [await this.#run?.exited, await said];
  }

  #state(): string {
    try {
      return /^State:\s+(.)/m.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))?.[1] ?? "";
    } catch {
      return "";
    }
  }
}

/** A pipe that nobody reads, and that has no room left. */
function fullPipe(folder: string): string {
  const path = join(folder, "fifo");
  Bun.spawnSync(["mkfifo", path]);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  started.push(() => closeSync(descriptor));
  try {
    for (;;) writeSync(descriptor, "x".repeat(4_096));
  } catch {
    return path; // EAGAIN
  }
}

for (const runtime of RUNTIMES) {
  const missing = runtime.missing ?? noOpenssl;
  const leaving = LEAVING[runtime.name as keyof typeof LEAVING];
  describe.skipIf(missing !== undefined)(`on ${runtime.name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    // proves: G29, O10
    test("held up by all, it hands over, and the next start goes on with the call", async () => {
      const scene = await Scene.open(runtime);
      await scene.start(scene.valve.port, fullPipe(scene.folder));
      const invite = await scene.talks();
      const end = await scene.heldUp();
      expect(await scene.leaves()).toBeLessThan(leaving);
      await end();
      expect(await scene.ended()).toEqual([0, ""]);
      await scene.start(scene.alice.port);
      await scene.bobHangsUp(invite);
    }, 180_000);

    // proves: G29, O10
    test("held up by all, it leaves after drain_timeout", async () => {
      const scene = await Scene.open(runtime, "drain_timeout = 1");
      await scene.start(scene.valve.port, fullPipe(scene.folder));
      await scene.talks();
      const end = await scene.heldUp();
      expect(await scene.leaves()).toBeLessThan(DRAINING + leaving);
      await end();
      expect(await scene.ended()).toEqual([0, ""]);
    }, 180_000);
  });
}
