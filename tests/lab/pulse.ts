/**
 * A sound card for programs that insist on one: PulseAudio with a sink that only listens and a source that sings.
 *
 * Its own source of tones gives them two seconds at a time, whatever a program asks for; a program with a short buffer
 * (GStreamer's 200 ms) loses the rest. So the tone is played into a sink, and the source listens there.
 */
import { join } from "node:path";
import { until } from "../support/until.ts";
import { makeFolder } from "./lab.ts";
import { Program } from "./program.ts";
import { type Sound, soundOf } from "./sound.ts";

export const CARD_HERTZ = 600;
/** What its source is called where people choose one. */
export const CARD_SOURCE = "Tone";

export class SoundCard {
  readonly #folder = makeFolder("pulse");
  readonly #recording = join(this.#folder, "heard.raw");
  /** What programs that use it need in their environment. */
  readonly env = { PULSE_SERVER: `unix:${join(this.#folder, "native")}` };
  #server: Program | undefined;
  #recorder: Program | undefined;

  async start(): Promise<void> {
    const modules = [
      `module-native-protocol-unix socket=${join(this.#folder, "native")} auth-anonymous=1`,
      "module-null-sink sink_name=sink",
      "module-null-sink sink_name=mouth rate=48000 channels=1",
      `module-sine sink=mouth frequency=${CARD_HERTZ}`,
      `module-remap-source source_name=sine master=mouth.monitor source_properties=device.description=${CARD_SOURCE}`,
    ];
    const loaded = modules.flatMap((module) => ["-L", module]);
    const options = ["-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no", "--disallow-exit"];
    const home = { HOME: this.#folder, XDG_RUNTIME_DIR: this.#folder };
    this.#server = new Program(["pulseaudio", ...options, ...loaded], { folder: this.#folder, env: home });
    await until("the sound card", () => this.#set("set-default-source", "sine"), Boolean);
    await this.#set("set-default-sink", "sink");
    const format = ["--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=50"];
    const record = ["parec", "--device=sink.monitor", ...format, "--raw", this.#recording];
    this.#recorder = new Program(record, { folder: this.#folder, env: this.env });
    await until("a recording", () => Bun.file(this.#recording).size, Boolean);
  }

  /** What sounds from it by now. */
  heard(): Sound {
    return soundOf(this.#recording, 1);
  }

  /** Whether a program listens to its source of tones. */
  async isHeard(): Promise<boolean> {
    const [sources, listeners] = await Promise.all([this.#list("sources"), this.#list("source-outputs")]);
    const source = sources.find(([, name]) => name === "sine")?.[0];
    return listeners.some(([, from]) => from === source);
  }

  async stop(): Promise<void> {
    await this.#recorder?.stop();
    await this.#server?.stop();
  }

  /** The rows of a list of the server's. */
  async #list(what: string): Promise<string[][]> {
    const run = Bun.spawn(["pactl", "list", "short", what], { env: { ...process.env, ...this.env } });
    const rows = await new Response(run.stdout).text();
    return rows.split("\n").map((row) => row.split("\t"));
  }

  async #set(command: string, name: string): Promise<boolean> {
    const quiet = { stdout: "ignore", stderr: "ignore" } as const;
    return (await Bun.spawn(["pactl", command, name], { env: { ...process.env, ...this.env }, ...quiet }).exited) === 0;
  }
}
