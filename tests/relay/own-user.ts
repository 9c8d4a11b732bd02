/** A user of the relay's own ICE and DTLS: unlike werift's connection it goes on after an ICE restart. */
import type { Media } from "../../protocol/media/media.ts";
import { audioOf, readAnswer, readOffer, writtenFor } from "../../relay/descriptions.ts";
import { Dtls, makeCertificate } from "../../relay/dtls.ts";
import { IceAgent } from "../../relay/ice.ts";
import { Ports } from "../../relay/ports.ts";
import { kindOf } from "../../relay/rtp.ts";
import type { Srtp } from "../../relay/srtp.ts";
import { openUdp } from "../../transports/udp.ts";
import { until } from "../support/until.ts";
import { HERE, soundOf } from "./peers.ts";

const PLAIN = `v=0\r\no=- 1 1 IN IP4 ${HERE}\r\ns=-\r\nc=IN IP4 ${HERE}\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n`;

export class OwnUser {
  readonly #address: string;
  readonly heard: Uint8Array[] = [];
  readonly #media: Media = readOffer(PLAIN);
  #ice: IceAgent | undefined;
  #dtls: Dtls | undefined;
  #keys: { readonly ours: Srtp; readonly theirs: Srtp } | undefined;

  constructor(address = HERE) {
    this.#address = address;
  }

  async offer(): Promise<string> {
    this.#ice ??= await IceAgent.open({
      ports: new Ports(openUdp, { first: 47_000, last: 47_999 }, Math.random),
      ...{ addresses: [this.#address], outside: "", controlling: true, checked: () => {} },
      received: (bytes) => this.#received(bytes),
    });
    const { fingerprint } = await certificate;
    const transport = { ...this.#ice.transport, fingerprints: [fingerprint], setup: "actpass" } as const;
    const ours = { protocol: "UDP/TLS/RTP/SAVPF", crypto: [], transport };
    return writtenFor(this.#media, ours, { id: "1", version: () => 1, address: HERE }, false);
  }

  /** ICE begins anew with the next offer. */
  restart(): void {
    this.#ice?.restart();
  }

  async takes(answer: string): Promise<void> {
    const transport = audioOf(readAnswer(answer, this.#media))?.transport;
    if (!transport) throw new Error("the audio is refused");
    this.#dtls ??= new Dtls({
      ...{ role: "server", certificate: await certificate, fingerprints: transport.fingerprints },
      send: (bytes) => this.#ice?.send(bytes),
      connected: (keys) => {
        this.#keys = keys;
      },
      failed: (why) => {
        throw new Error(why);
      },
    });
    let isOpen = false;
    this.#ice?.connect(transport, false, () => {
      isOpen = true;
      this.#dtls?.start();
    });
    await until("keys", () => isOpen && this.#keys !== undefined, Boolean, 20);
  }

  say(sequence: number): void {
    const packet = this.#keys?.ours.protect(soundOf(sequence, 1));
    if (packet) this.#ice?.send(packet);
  }

  async stop(): Promise<void> {
    this.#ice?.close();
  }

  #received(bytes: Uint8Array): void {
    if (kindOf(bytes) === "dtls") this.#dtls?.received(bytes);
    const packet = this.#keys?.theirs.unprotect(bytes);
    if (packet) this.heard.push(packet);
  }
}

const certificate = makeCertificate();
