/**
 * A full ICE agent of the least kind, for a device that speaks Jingle by hand: it is the caller's, so it controls; it checks every
 * candidate of the phone, nominates at once, and answers the phone's checks. It takes no media.
 *
 * RFC 8445 §6.1.1 (the offerer controls), §7.2.4, §7.3, §8.1.1.
 */

import { expect } from "bun:test";
import { randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Candidate, Media, Transport } from "../../protocol/media/media.ts";
import { until } from "../support/until.ts";
import { ATTRIBUTE, attribute, mappedAddress, message, TYPE, transactionOf, typeOf } from "./stun.ts";

/** Type preference of a peer-reflexive candidate, local preference and component (RFC 8445 §5.1.2.1). */
const PRIORITY = Buffer.from([110, 0xff, 0xff, 255]);
const TIE_BREAKER = Buffer.alloc(8, 7);
/** Milliseconds between the checks of a candidate. */
const PACE = 50;

export class Nominator {
  readonly #socket: Socket;
  readonly #host: string;
  #own: Transport | undefined;
  /** The phone has taken a nomination, and has been answered itself. */
  #isTaken = false;
  #isAnswered = false;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on("message", (bytes, from) => this.#take(bytes, from));
  }

  static async open(host: string): Promise<Nominator> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, host, resolve));
    return new Nominator(socket, host);
  }

  close(): void {
    this.#socket.close();
  }

  /** Jingle with our address in place of those of its candidates. */
  at(inside: string): string {
    return inside
      .replace(/(<candidate [^>]*?ip=["'])[^"']*/g, `$1${this.#host}`)
      .replace(/(<candidate [^>]*?port=["'])[^"']*/g, `$1${this.#socket.address().port}`);
  }

  /** Runs ICE of the audio between the caller's offer and the phone's answer, until both sides have a pair. */
  async nominate(offer: Media, answer: Media): Promise<void> {
    const own = audioOf(offer);
    const remote = audioOf(answer);
    [this.#own, this.#isTaken, this.#isAnswered] = [own, false, false];
    const checks = setInterval(() => {
      for (const { ip, port } of remote.candidates.filter(isChecked)) this.#socket.send(checkOf(own, remote), port, ip);
    }, PACE);
    try {
      await until("a pair of candidates", () => this.#isTaken && this.#isAnswered, Boolean, 20);
    } finally {
      clearInterval(checks);
    }
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    const type = typeOf(bytes);
    if (type === TYPE.success) this.#isTaken = true;
    if (type !== TYPE.request || this.#own === undefined) return;
    const answer = message(TYPE.success, transactionOf(bytes), this.#own.pwd ?? "", mappedAddress(from));
    this.#socket.send(answer, from.port, from.address, () => {
      this.#isAnswered = true;
    });
  }
}

/** RTCP has no component of its own: all offers have rtcp-mux. */
const isChecked = ({ component, protocol }: Candidate): boolean => component === 1 && protocol === "udp";

/** A check that nominates. */
const checkOf = (own: Transport, remote: Transport): Buffer =>
  message(
    TYPE.request,
    randomBytes(12),
    remote.pwd ?? "",
    attribute(ATTRIBUTE.username, Buffer.from(`${remote.ufrag}:${own.ufrag}`)),
    attribute(ATTRIBUTE.priority, PRIORITY),
    attribute(ATTRIBUTE.controlling, TIE_BREAKER),
    attribute(ATTRIBUTE.useCandidate),
  );

/** The transport of the audio. */
const audioOf = ({ contents }: Media): Transport =>
  contents.find(({ media }) => media === "audio")?.transport ?? expect.unreachable();
