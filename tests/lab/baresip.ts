/**
 * baresip, a SIP phone without a head: it sings a tone, writes down what it hears, and is steered over TCP (ctrl_tcp:
 * JSON in netstrings). As `echo` it speaks as browsers do (ICE, DTLS-SRTP, rtcp-mux), as `plain` only RTP, as `sdes` only SRTP
 * with keys in SDP.
 *
 * COMPAT baresip 1.0: ausine plays 48 kHz stereo only; a phone listens on the TLS port behind its own too, hence the gap
 * between the ports; without a sink that needs no sound card (aubridge) a call never gets an answer.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectTcp } from "../../transports/tcp.ts";
import type { ByteStream } from "../../transports/transport.ts";
import { Inbox } from "../support/inbox.ts";
import { COMPONENT } from "../support/prosody.ts";
import { listens } from "../support/until.ts";
import { makeFolder, PHONES, PROXY, PROXY_PORT } from "./lab.ts";
import { Program } from "./program.ts";
import { type Sound, soundOf } from "./sound.ts";

interface Kind {
  readonly port: number;
  readonly controlPort: number;
  readonly rtpPorts: string;
  /** The tone it sings. */
  readonly hertz: number;
  readonly modules: readonly string[];
  readonly account: string;
}

const KINDS = {
  echo: {
    port: 5071,
    controlPort: 4471,
    rtpPorts: "20000-20999",
    hertz: 440,
    modules: ["stun", "turn", "ice", "srtp", "dtls_srtp"],
    account: "medianat=ice;mediaenc=dtls_srtp;audio_codecs=opus/48000/2,pcmu,pcma",
  },
  plain: {
    port: 5081,
    controlPort: 4481,
    rtpPorts: "21000-21999",
    hertz: 880,
    modules: [],
    account: "audio_codecs=pcmu,pcma,opus/48000/2",
  },
  sdes: {
    port: 5091,
    controlPort: 4491,
    rtpPorts: "22000-22999",
    hertz: 700,
    modules: ["srtp"],
    account: "mediaenc=srtp-mand;audio_codecs=pcma,pcmu",
  },
} as const satisfies Record<string, Kind>;

export type BaresipKind = keyof typeof KINDS;

export interface BaresipEvent {
  readonly type: string;
  readonly param: string;
}

export class Baresip {
  readonly kind: BaresipKind;
  readonly hertz: number;
  /** What happens to it: CALL_INCOMING, CALL_RINGING, CALL_ESTABLISHED, CALL_CLOSED, … */
  events = new Inbox<BaresipEvent>();
  readonly #answers = new Inbox<{ token: string; ok: boolean; data: string }>();
  readonly #program: Program;
  readonly #folder: string;
  #control: ByteStream | undefined;
  #tokens = 0;
  /** How much it had said when the call at hand began. */
  #before = 0;

  constructor(program: Program, folder: string, kind: BaresipKind) {
    this.#program = program;
    this.#folder = folder;
    this.kind = kind;
    this.hertz = KINDS[kind].hertz;
  }

  /** Everything it has said, the SIP on its wire included. */
  get said(): string {
    return this.#program.said;
  }

  /** Whether RTP has come in the call at hand: it tells the bits per second that it sends and receives. */
  get received(): boolean {
    return /audio=\d+\/[1-9]/.test(this.said.slice(this.#before));
  }

  async connect(port: number): Promise<void> {
    let unread: Buffer = Buffer.alloc(0);
    const received = (bytes: Uint8Array): void => {
      unread = Buffer.concat([unread, bytes]);
      for (let at = unread.indexOf(":"); at > 0; at = unread.indexOf(":")) {
        const end = at + 1 + Number(unread.subarray(0, at));
        if (unread.length <= end) return;
        this.#take(JSON.parse(unread.subarray(at + 1, end).toString()));
        unread = unread.subarray(end + 1);
      }
    };
    await listens(PHONES, port);
    this.#control = await connectTcp({ host: PHONES, port }, { received, closed: () => {} }, 1_000);
  }

  /** Waits for something to happen. */
  event(type: string): Promise<BaresipEvent> {
    return this.events.next((each) => each.type === type, `${type} of baresip`);
  }

  /** A command of its menu: dial, accept, hangup, hold, resume, … */
  async command(command: string, params = ""): Promise<string> {
    const token = `${++this.#tokens}`;
    const text = JSON.stringify({ command, params, token });
    this.#control?.write(Buffer.from(`${Buffer.byteLength(text)}:${text},`));
    return (await this.#answers.next((each) => each.token === token, `the answer to ${command}`)).data;
  }

  /** Drops what has been before: a call that a failing test has left, what it has heard and told. */
  async forget(): Promise<void> {
    if (/\bCALL|ESTABLISHED|INCOMING/.test(await this.command("listcalls"))) await this.command("hangup");
    this.events = new Inbox();
    this.#before = this.said.length;
    for (const name of this.#recordings()) rmSync(join(this.#folder, name));
  }

  /** What it hears in its call, or has heard last. */
  heard(): Sound {
    const last = this.#recordings().sort().at(-1);
    return last === undefined ? { seconds: 0, hertz: 0, loudness: 0 } : soundOf(join(this.#folder, last), 2);
  }

  async stop(): Promise<void> {
    this.#control?.destroy();
    await this.#program.stop();
  }

  #recordings(): string[] {
    return readdirSync(this.#folder).filter((name) => name.endsWith("-dec.wav"));
  }

  #take(message: { event?: true; type: string; param?: string; token: string; ok: boolean; data: string }): void {
    if (message.event) this.events.put({ type: message.type, param: message.param ?? "" });
    else this.#answers.put(message);
  }
}

/** A phone that is registered at the proxy. Nobody answers it by itself: tests say `accept`. */
export async function startBaresip(name: BaresipKind): Promise<Baresip> {
  const kind: Kind = KINDS[name];
  const folder = makeFolder(`baresip-${name}`);
  writeFileSync(join(folder, "config"), configuration(kind));
  writeFileSync(join(folder, "contacts"), "");
  const proxy = `outbound="sip:${PROXY}:${PROXY_PORT};transport=udp"`;
  const account = `regint=60;${proxy};answermode=manual;auth_user=${name};auth_pass=secret;${kind.account}`;
  writeFileSync(join(folder, "accounts"), `"${name}" <sip:${name}@${COMPONENT};transport=udp>;${account}\n`);
  const program = new Program(["stdbuf", "-oL", "baresip", "-4", "-v", "-s", "-f", folder], { folder });
  const phone = new Baresip(program, folder, name);
  await phone.connect(kind.controlPort);
  await program.says(/200 OK \(.*binding/);
  return phone;
}

const configuration = ({ port, controlPort, rtpPorts, hertz, modules }: Kind): string => `
poll_method epoll
sip_listen ${PHONES}:${port}
net_interface ${PHONES}
dns_server 127.0.0.1:53
rtp_ports ${rtpPorts}
rtcp_mux ${modules.includes("ice") ? "yes" : "no"}
rtp_stats yes
jitter_buffer_delay 5-10
call_max_calls 20
audio_path /usr/share/baresip
audio_source ausine,${hertz}
audio_player aubridge,sink
audio_alert aubridge,alert
ausrc_srate 48000
ausrc_channels 2
audio_buffer 20
snd_path .
module_path /usr/lib/baresip/modules
${["opus", "g711", "sndfile", "ausine", "aufile", "aubridge", ...modules].map((each) => `module ${each}.so\n`).join("")}
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app debug_cmd.so
module_app ctrl_tcp.so
ctrl_tcp_listen ${PHONES}:${controlPort}
`;
