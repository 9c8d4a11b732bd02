/**
 * Incoming messages: from the bytes of a socket or connection to the message, or to the refusal of what cannot be read.
 *
 * RFC 3261 §18.2.1, §21.4.1, RFC 5923 (alias). Rules: under load INVITEs wait (waiting.ts), and one beyond capacity is refused with only its header read; a
 * malformed request gets one response, on the connection it came on, over UDP in no more bytes than it had. No message makes it throw.
 */
import { withToTag } from "../../protocol/sip/build.ts";
import { topVia } from "../../protocol/sip/mandatory.ts";
import {
  type Destination,
  defaultPort,
  type Message,
  type Request,
  type Response,
} from "../../protocol/sip/message.ts";
import type { Load } from "../load.ts";
import type { Log } from "../log.ts";
import type { Tally } from "../tally.ts";
import type { Watch } from "../watch.ts";
import type { Flow } from "./flow.ts";
import type { CameBy, SipFlows } from "./flows.ts";
import { markedHeader, readReceived } from "./receive.ts";
import { writeBy } from "./send.ts";
import { type Arrival, WaitingInvites } from "./waiting.ts";

/** A message as it came, and what it came by. */
interface Arrived extends Arrival {
  readonly by: CameBy;
}

export interface ArrivalsNeeds {
  readonly load: Load;
  readonly log: Log;
  readonly dropped: Tally;
  allow(source: Destination): boolean;
  /** Whether one more refusal may go to this source. */
  mayAnswer(source: Destination): boolean;
  received(message: Message, source: Destination, flow: Flow): void;
  /** Whether an INVITE with this key was received before. */
  isKnown(key: string): boolean;
  /** An INVITE beyond capacity; only its header was read. */
  refusedForOverload(invite: Request, source: Destination, flow: Flow, toTag: string): void;
  random(): string;
  /** The To tag for a response that has none. */
  toTag(message: Message): string;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}

/** Where arrivals come from. */
export interface ArrivalsPorts {
  readonly flows: SipFlows;
  /** A trunk that has connected to us asks us to use that connection for our requests to it. */
  alias(source: Destination, port: number): void;
}

export class SipArrivals {
  readonly #needs: ArrivalsNeeds;
  readonly #ports: ArrivalsPorts;
  readonly #waiting: WaitingInvites<Arrived>;

  constructor(needs: ArrivalsNeeds, ports: ArrivalsPorts) {
    this.#needs = needs;
    this.#ports = ports;
    this.#waiting = new WaitingInvites<Arrived>({
      load: needs.load,
      allow: (source) => needs.allow(source),
      isKnown: (key) => needs.isKnown(key),
      random: () => needs.random(),
      read: (arrived) => this.#read(arrived),
      refuse: (arrived, invite, toTag) => this.#refuseForOverload(arrived, invite, toTag),
    });
  }

  /** Handles bytes from a socket, now or later (waiting.ts); exceptions are caught here. */
  received(arrived: Arrived): void {
    try {
      this.#waiting.take(arrived);
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Drops what waits. */
  stop(): void {
    this.#waiting.clear();
  }

  /** An INVITE too many. */
  #refuseForOverload({ source, by }: Arrived, invite: Request, toTag: string): void {
    const known = markedHeader(invite, source);
    if (known) this.#needs.refusedForOverload(known.message, source, this.#ports.flows.back(by, known.replyTo), toTag);
  }

  #read(arrived: Arrived): void {
    try {
      this.#take(arrived);
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Reads a message. A malformed request gets one response, on the connection it came on; none if that is lost. */
  #take({ bytes, source, by }: Arrived): void {
    const { transport, host, port } = source;
    const incoming = readReceived(bytes, source);
    if (incoming.message !== undefined) {
      this.#needs.watch?.sip(false, bytes, transport, host, port, incoming.message);
      this.#alias(incoming.message, source);
      return this.#needs.received(incoming.message, source, this.#ports.flows.back(by, incoming.replyTo));
    }
    this.#needs.dropped.add(incoming.fault, { source: host });
    const { refusal, replyTo } = incoming;
    if (refusal !== undefined) this.#refuse(refusal, this.#ports.flows.backAsItCame(by, replyTo), source, bytes.length);
  }

  /** A trunk that has connected to us may ask us to use that connection for our requests to it. */
  #alias(message: Message, source: Destination): void {
    if (!source.accepted || source.trunk === undefined || message.kind === "response") return;
    const { params, port } = topVia(message);
    if (params.some(([name]) => name.toLowerCase() === "alias"))
      this.#ports.alias(source, port ?? defaultPort(source.transport));
  }

  #fault(error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.#needs.log({ level: "error", event: "sip.fault", error: String(error), stack });
  }

  /** Refuses an unreadable request, over UDP in no more bytes than it had; the rate to strangers is limited (answer-limits.ts). */
  #refuse(refusal: Response, flow: Flow, source: Destination, most: number): void {
    const answer = writeBy(
      withToTag(refusal, () => this.#needs.toTag(refusal)),
      flow,
    );
    if (flow.transport === "udp" && answer.length > most)
      this.#needs.dropped.add("response longer than its request", source);
    else if (this.#needs.mayAnswer(source)) flow.send(answer, () => {});
  }
}
