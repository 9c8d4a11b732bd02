/** A user and a phone for the relay, on loopback: the user's WebRTC is werift's own, whose ICE and DTLS are used whole. */
import { createSocket, type Socket } from "node:dgram";
import {
  MediaStreamTrack,
  type RTCDtlsTransport,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtcpPacketConverter,
  RtcpRrPacket,
  RtpHeader,
  RtpPacket,
} from "werift";
import { systemClock } from "../../actors/clock.ts";
import { RelayClient } from "../../actors/relay/client.ts";
import { flagsFor } from "../../actors/relay/flags.ts";
import type { Bencodes } from "../../protocol/bencode.ts";
import { readOffer } from "../../relay/descriptions.ts";
import { type RunningRelay, serve } from "../../relay/serve.ts";
import type { Address } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";
import { until } from "../support/until.ts";

export const HERE = "127.0.0.1";

/** A relay, asked as the gateway asks. */
export class Asked {
  readonly #client: RelayClient;
  protocol = "RTP/AVP";

  constructor(at: Address) {
    const random = (): string => crypto.randomUUID();
    this.#client = new RelayClient({ clock: systemClock, random, openUdp, log: () => {}, at, came: () => {} });
  }

  ask(command: string, needs: Bencodes = {}): Promise<Bencodes> {
    return this.#client.ask(command, needs);
  }

  async rewrite(call: string, to: "phone" | "user", command: "offer" | "answer", sdp: string): Promise<string> {
    const terms = { protocol: this.protocol, codecs: ["PCMA", "PCMU"], direction: [] };
    const flags = flagsFor({ to, command }, terms);
    const named = { "call-id": call, "via-branch": call, "from-tag": "a", sdp };
    return String((await this.ask(command, { ...flags, ...named })).sdp);
  }

  async calls(): Promise<unknown> {
    return (await this.ask("list")).calls;
  }

  /** Asks nothing more. */
  forget(): void {
    this.#client.stop();
  }
}

/** A relay of our own in this process. */
export class Relayed extends Asked {
  readonly #relay: RunningRelay;

  static async start(ports = { first: 42_000, last: 43_999 }): Promise<Relayed> {
    const settings = { at: { host: HERE, port: 0 }, ports, addresses: () => [HERE], stun: [], outside: "" };
    const needs = { open: openUdp, clock: systemClock, chance: Math.random, log: () => {}, resolve: async () => [] };
    return new Relayed(await serve(settings, needs));
  }

  private constructor(relay: RunningRelay) {
    super(relay.at);
    this.#relay = relay;
  }

  async stop(): Promise<void> {
    this.forget();
    this.#relay.stop();
    this.#relay.stop();
    await this.#relay.stopped;
  }
}

/** 20 ms of PCMA. */
export function soundOf(sequence: number, source: number, payloadType = 8): Buffer {
  const header = new RtpHeader({ sequenceNumber: sequence, timestamp: sequence * 160, ssrc: source, payloadType });
  return new RtpPacket(header, Buffer.alloc(160, sequence)).serialize();
}

export class UserPeer {
  readonly connection = new RTCPeerConnection({
    iceServers: [],
    iceAdditionalHostAddresses: [HERE],
    iceUseIpv6: false,
    codecs: {
      audio: ["PCMA", "PCMU"].map(
        (name, at) =>
          new RTCRtpCodecParameters({
            mimeType: `audio/${name}`,
            clockRate: 8_000,
            channels: 1,
            payloadType: at === 0 ? 8 : 0,
          }),
      ),
    },
  });
  readonly heard: RtpPacket[] = [];
  reports = 0;
  readonly #track = new MediaStreamTrack({ kind: "audio" });

  constructor() {
    this.connection.addTransceiver(this.#track, { direction: "sendrecv" });
  }

  get #dtls(): RTCDtlsTransport | undefined {
    return this.connection.dtlsTransports[0];
  }

  async offer(iceRestart = false): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer({ iceRestart }));
    return this.#described();
  }

  async answer(offer: string): Promise<string> {
    await this.connection.setRemoteDescription({ type: "offer", sdp: offer });
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    this.#listen();
    return this.#described();
  }

  async takes(answer: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
    this.#listen();
  }

  connected(): Promise<unknown> {
    return until(
      "a connected user",
      () => this.connection.connectionState,
      (state) => state === "connected",
    );
  }

  say(sequence: number): void {
    this.#track.writeRtp(soundOf(sequence, 1));
  }

  async report(): Promise<void> {
    await this.#dtls?.sendRtcp([new RtcpRrPacket({ ssrc: 1, reports: [] })]);
  }

  async stop(): Promise<void> {
    await this.connection.close();
  }

  #listen(): void {
    this.#dtls?.onRtp.subscribe((packet) => this.heard.push(packet));
    this.#dtls?.onRtcp.subscribe(() => this.reports++);
  }

  async #described(): Promise<string> {
    await until(
      "candidates",
      () => this.connection.iceGatheringState,
      (state) => state === "complete",
    );
    return this.connection.localDescription?.sdp ?? "";
  }
}

export class PhonePeer {
  readonly #address: string;
  readonly rtp = createSocket("udp4");
  readonly rtcp = createSocket("udp4");
  readonly heard: Buffer[] = [];
  readonly reports: Buffer[] = [];
  to: { readonly ip: string; readonly port: number } | undefined;

  constructor(address = HERE) {
    this.#address = address;
  }

  async start(): Promise<void> {
    for (const socket of [this.rtp, this.rtcp])
      await new Promise<void>((resolve) => socket.on("error", () => {}).bind(0, this.#address, resolve));
    this.rtp.on("message", (bytes) => this.heard.push(bytes));
    this.rtcp.on("message", (bytes) => this.reports.push(bytes));
  }

  describe(more: readonly string[] = [], protocol = "RTP/AVP"): string {
    const [rtp, rtcp] = [this.rtp, this.rtcp].map((socket) => socket.address().port);
    const session = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", `c=IN IP4 ${this.#address}`, "t=0 0"];
    const media = [`m=audio ${rtp} ${protocol} 8 0`, `a=rtcp:${rtcp}`, "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000"];
    return [...session, ...media, ...more].map((line) => `${line}\r\n`).join("");
  }

  /** It sends where this SDP says. */
  takes(sdp: string): void {
    this.to = readOffer(sdp).contents[0]?.transport.candidates[0];
  }

  say(bytes: Uint8Array, socket: Socket = this.rtp): void {
    if (this.to) socket.send(bytes, this.to.port, this.to.ip);
  }

  report(): void {
    const report = new RtcpRrPacket({ ssrc: 2, reports: [] }).serialize();
    if (this.to) this.rtcp.send(report, this.to.port + 1, this.to.ip);
  }

  stop(): void {
    this.rtp.close();
    this.rtcp.close();
  }
}

export const reportsIn = (bytes: Buffer): number => RtcpPacketConverter.deSerialize(bytes).length;

/** Both speak until both have heard ten packets; `of` is what the phone makes of its own. */
export async function hearEachOther(
  user: Pick<UserPeer, "say"> & { readonly heard: readonly unknown[] },
  phone: PhonePeer,
  of: (packet: Uint8Array) => Uint8Array = (packet) => packet,
): Promise<void> {
  let sequence = 100;
  const [before, said] = [user.heard.length, phone.heard.length];
  const both = (): number => {
    user.say(++sequence);
    phone.say(of(soundOf(sequence, 2)));
    return Math.min(user.heard.length - before, phone.heard.length - said);
  };
  await until("ten packets each way", both, (heard) => heard >= 10, 20);
}
