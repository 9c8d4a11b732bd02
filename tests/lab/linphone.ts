/**
 * linphone-daemon: Linphone without a window, with ICE and DTLS-SRTP, steered over a Unix socket.
 *
 * It offers no rtcp-mux unless told to, and a browser refuses a call without.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { COMPONENT } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { makeFolder, PHONES, PROXY, PROXY_PORT } from "./lab.ts";
import { Program } from "./program.ts";
import { CARD_SOURCE, SoundCard } from "./pulse.ts";
import type { Sound } from "./sound.ts";

const SOCKET = "socket";

export class Linphone {
  readonly #folder = makeFolder("linphone");
  readonly card = new SoundCard();
  #program: Program | undefined;

  async start(): Promise<void> {
    await this.card.start();
    for (const name of [".local/share/linphone", ".config/linphone"])
      mkdirSync(join(this.#folder, name), { recursive: true });
    writeFileSync(join(this.#folder, "linphonerc"), CONFIGURATION);
    const command = [
      "linphone-daemon",
      "--config",
      join(this.#folder, "linphonerc"),
      "--log",
      join(this.#folder, "log"),
    ];
    const options = ["--pipe", SOCKET, "--disable-stats-events"];
    const env = { ...this.card.env, HOME: this.#folder };
    // COMPAT: its socket is always in /tmp, so it has a /tmp of its own, which is our folder.
    const own = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /tmp && exec "$@"', this.#folder];
    this.#program = new Program([...own, ...command, ...options], { folder: this.#folder, env });
    await until(
      "linphone's registration",
      () => this.command("register-status ALL"),
      (said) => said.includes("RegistrationOk"),
    );
  }

  log(): Promise<string> {
    return Bun.file(join(this.#folder, "log")).text();
  }

  /** Waits until its call is in that state; with no call, and for `undefined`, it says that there is none. */
  async inState(state: "IncomingReceived" | "OutgoingRinging" | "StreamsRunning" | undefined): Promise<void> {
    const look = () => this.command("call-status");
    const wanted = state === undefined ? "Status: Error" : `State: LinphoneCall${state}`;
    await until(`${wanted} of linphone`, look, (said) => said.includes(wanted));
  }

  /** Waits until nothing sounds from it any more, of the call before. */
  async silent(): Promise<void> {
    const silent = ({ loudness }: Sound): boolean => loudness === 0;
    await until("silence in linphone", () => this.card.heard(), silent);
  }

  /** What sounds from it. */
  heard(): Sound {
    return this.card.heard();
  }

  /** A command, and what it answers; empty when nobody is there. */
  command(command: string): Promise<string> {
    return new Promise((resolve) => {
      let said = "";
      const socket = connect(join(this.#folder, SOCKET), () => socket.write(`${command}\n`));
      socket.on("data", (bytes) => {
        said += bytes;
        socket.end();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(said));
      socket.setTimeout(2_000, () => socket.destroy());
    });
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    await this.card.stop();
  }
}

const CONFIGURATION = `
[sip]
sip_port=5061
sip_tcp_port=5061
sip_tls_port=0
bind_address=${PHONES}
guess_hostname=0
default_proxy=0
register_only_when_network_is_up=0
use_ipv6=0
ipv6_migration_done=1
auto_send_ringing=1
media_encryption=dtls
supported=replaces, outbound, gruu

[auth_info_0]
username=linphone
userid=linphone
passwd=secret
realm=${COMPONENT}
domain=${COMPONENT}

[proxy_0]
reg_proxy=<sip:${PROXY}:${PROXY_PORT};transport=udp>
reg_route=<sip:${PROXY}:${PROXY_PORT};transport=udp;lr>
reg_identity=sip:linphone@${COMPONENT}
reg_expires=3600
reg_sendregister=1
publish=0

[net]
nat_policy_ref=ice

[nat_policy_0]
ref=ice
protocols=ice

[rtp]
rtcp_mux=1

[video]
capture=0
display=0

[sound]
playback_dev_id=PulseAudio Unknown: Null Output
ringer_dev_id=PulseAudio Unknown: Null Output
capture_dev_id=PulseAudio Unknown: ${CARD_SOURCE}
media_dev_id=PulseAudio Unknown: Null Output
`;
