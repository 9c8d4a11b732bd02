/** One call of the relay's benchmark: a user (ICE, DTLS-SRTP) and a phone, each sending 20 ms of sound fifty times a second. */
import { createSocket } from "node:dgram";
import { flagsFor } from "../actors/relay/flags.ts";
import type { Bencodes } from "../protocol/bencode.ts";
import { audioOf, readAnswer, readOffer, writtenFor } from "../relay/descriptions.ts";
import type { Certificate } from "../relay/dtls.ts";
import type { Ports } from "../relay/ports.ts";
import { KEY_AND_SALT, masterOf, readKeys, writeKeys } from "../relay/sdes.ts";
import { Srtp } from "../relay/srtp.ts";
import { UserLeg } from "../relay/user-leg.ts";

const HERE = "127.0.0.1";
const SUITE = "AES_CM_128_HMAC_SHA1_80";
const PLAIN = `v=0\r\no=- 1 1 IN IP4 ${HERE}\r\ns=-\r\nc=IN IP4 ${HERE}\r\nt=0 0\r\n`;

export interface BenchNeeds {
  readonly name: string;
  readonly ports: Ports;
  readonly certificate: Certificate;
  readonly keyed: boolean;
  readonly ask: (command: string, needs: Bencodes) => Promise<Bencodes>;
}

export class BenchCall {
  readonly #needs: BenchNeeds;
  readonly #user: UserLeg;
  readonly #phone = createSocket("udp4");
  readonly #ours: Srtp | undefined;
  readonly #packet = packetOf();
  #to = 0;
  heardByUser = 0;
  heardByPhone = 0;

  /** Resolves when both sides have keys. */
  static async start(needs: BenchNeeds): Promise<BenchCall> {
    const keyed = Promise.withResolvers<void>();
    let heard = (): void => {};
    const user = await UserLeg.open({
      ...{ ports: needs.ports, certificate: needs.certificate, addresses: [HERE], outside: "", controlling: true },
      heard: (packet) => packet && heard(),
      ...{ checked: () => {}, failed: (why) => keyed.reject(new Error(why)), keyed: keyed.resolve },
    });
    const call = new BenchCall(needs, user);
    heard = () => call.heardByUser++;
    await call.#begin();
    await keyed.promise;
    return call;
  }

  private constructor(needs: BenchNeeds, user: UserLeg) {
    this.#needs = needs;
    this.#user = user;
    if (needs.keyed) this.#ours = new Srtp(masterOf(Buffer.alloc(KEY_AND_SALT, 1), SUITE));
  }

  /** Sends 20 ms from each side. */
  speak(): void {
    const packet = this.#packet;
    packet.writeUInt16BE((packet.readUInt16BE(2) + 1) % 65_536, 2);
    this.#user.send(packet, "rtp");
    this.#phone.send(this.#ours?.protect(packet) ?? packet, this.#to, HERE);
  }

  stop(): void {
    this.#user.close();
    this.#phone.close();
  }

  async #begin(): Promise<void> {
    await new Promise<void>((resolve) => this.#phone.bind(0, HERE, resolve));
    this.#phone.on("message", () => this.heardByPhone++);
    const protocol = this.#needs.keyed ? "RTP/SAVP" : "RTP/AVP";
    const origin = { id: "1", version: () => 1, address: HERE };
    const media = readOffer(`${PLAIN}m=audio 9 RTP/AVP 8\r\n`);
    const ours = { protocol: "UDP/TLS/RTP/SAVPF", crypto: [], transport: this.#user.describe(false) };
    const offered = await this.#asked("phone", "offer", writtenFor(media, ours, origin, false), protocol);
    const theirs = audioOf(readOffer(offered));
    this.#to = theirs?.transport.candidates[0]?.port ?? 0;
    const tag = readKeys(theirs?.crypto ?? [])?.tag ?? 1;
    const [key] = writeKeys(Buffer.alloc(KEY_AND_SALT, 1), [SUITE], tag);
    const line = this.#needs.keyed ? `a=crypto:${tag} ${SUITE} ${key?.keyParams}\r\n` : "";
    const phone = `${PLAIN}m=audio ${this.#phone.address().port} ${protocol} 8\r\n${line}`;
    const answer = readAnswer(await this.#asked("user", "answer", phone, protocol), media);
    const audio = audioOf(answer);
    if (audio) this.#user.hear(audio.transport, answer, false);
  }

  async #asked(to: "phone" | "user", command: "offer" | "answer", sdp: string, protocol: string): Promise<string> {
    const flags = flagsFor({ to, command }, { protocol, codecs: ["PCMA"], direction: [] });
    return String((await this.#needs.ask(command, { ...flags, "call-id": this.#needs.name, sdp })).sdp);
  }
}

/** G.711: 160 bytes. */
function packetOf(): Buffer {
  const packet = Buffer.alloc(172, 0x55);
  packet.writeUInt16BE(0x8008, 0);
  packet.writeUInt32BE(Math.floor(performance.now()), 8);
  return packet;
}
