/**
 * A headless phone: sip.js's whole user agent, over UDP with a transport written here, with an SDP instead of a microphone.
 *
 * sip.js was made for WebSocket, where a client's own host is an unresolvable name: the transport replaces it by our address in
 * sent messages, and back in received ones.
 */
import {
  type Invitation,
  Inviter,
  type Session,
  type SessionDescriptionHandler,
  type SessionState,
  type Transport,
  TransportState,
  UserAgent,
} from "sip.js";
import { EmitterImpl } from "sip.js/lib/api/emitter.js";
import type { Datagrams } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";
import { Inbox } from "./inbox.ts";
import { PLAY_TEXTS } from "./play-texts.ts";

const HOST = "phone.invalid";
const LOCAL = "127.0.0.1";

class UdpTransport implements Transport {
  readonly protocol = "UDP";
  readonly stateChange = new EmitterImpl<TransportState>();
  state = TransportState.Disconnected;
  onConnect: (() => void) | undefined;
  onDisconnect: ((error?: Error) => void) | undefined;
  onMessage: ((message: string) => void) | undefined;
  readonly #phone: SipJsPhone;

  constructor(phone: SipJsPhone) {
    this.#phone = phone;
    phone.received = (text) => this.onMessage?.(text);
  }

  async connect(): Promise<void> {
    this.state = TransportState.Connected;
    this.onConnect?.();
  }

  async disconnect(): Promise<void> {
    this.state = TransportState.Disconnected;
  }

  async dispose(): Promise<void> {}

  isConnected(): boolean {
    return this.state === TransportState.Connected;
  }

  async send(message: string): Promise<void> {
    this.#phone.send(message);
  }
}

export class SipJsPhone {
  readonly invitations = new Inbox<Invitation>();
  received: (text: string) => void = () => {};
  gatewayPort = 0;
  readonly #socket: Datagrams;
  readonly #agent: UserAgent;
  readonly #sdp: (offered: string | undefined) => string;
  /** Received SDP. */
  readonly heardSdp = new Inbox<string>();

  constructor(socket: Datagrams, sdp: (offered: string | undefined) => string, address: string) {
    this.#socket = socket;
    this.#sdp = sdp;
    const phone = this;
    const uri = UserAgent.makeURI(address);
    if (!uri) throw new Error(`no URI: ${address}`);
    this.#agent = new UserAgent({
      uri,
      viaHost: HOST,
      contactName: "bob",
      contactParams: {},
      logBuiltinEnabled: false,
      transportConstructor: class extends UdpTransport {
        constructor() {
          super(phone);
        }
      },
      sessionDescriptionHandlerFactory: () => this.#descriptions(),
      delegate: { onInvite: (invitation) => this.invitations.put(invitation) },
    });
  }

  get port(): number {
    return this.#socket.local.port;
  }

  start(): Promise<void> {
    return this.#agent.start();
  }

  async stop(): Promise<void> {
    await this.#agent.stop();
    await this.#socket.close();
  }

  /** A call, not yet begun, with these further header fields. */
  call(uri: string, extraHeaders: string[] = []): Inviter {
    const target = UserAgent.makeURI(uri);
    if (!target) throw new Error(`no URI: ${uri}`);
    return new Inviter(this.#agent, target, { extraHeaders });
  }

  send(message: string): void {
    const text = message.replaceAll(HOST, `${LOCAL}:${this.port}`);
    this.#socket.send(new TextEncoder().encode(text), { host: LOCAL, port: this.gatewayPort });
  }

  hear(bytes: Uint8Array): void {
    this.received(new TextDecoder().decode(bytes).replaceAll(`${LOCAL}:${this.port}`, HOST));
  }

  #descriptions(): SessionDescriptionHandler {
    let offered: string | undefined;
    return {
      close: () => {},
      getDescription: async () => ({ body: this.#sdp(offered), contentType: "application/sdp" }),
      hasDescription: (type) => type === "application/sdp",
      setDescription: async (sdp) => {
        offered = sdp;
        this.heardSdp.put(sdp);
      },
      sendDtmf: () => false,
    };
  }
}

/** The offer and answer of the plays' phones. */
const playSdp = (offered: string | undefined): string =>
  (PLAY_TEXTS[offered ? "answer-sdp" : "offer-sdp"] ?? "").replace(/\r?\n/g, "\r\n");

/** Waits until a call reaches a state. */
export const reaches = (session: Session, wanted: SessionState): Promise<void> =>
  new Promise((resolve) => {
    if (session.state === wanted) resolve();
    session.stateChange.addListener((now) => now === wanted && resolve());
  });

/** A phone on a port of its own. */
export async function startSipJsPhone(
  sdp: (offered: string | undefined) => string = playSdp,
  address = "sip:bob@pbx.test",
): Promise<SipJsPhone> {
  let phone: SipJsPhone | undefined;
  const events = { received: (bytes: Uint8Array) => phone?.hear(bytes), failed: () => {} };
  phone = new SipJsPhone(await openUdp({ host: LOCAL, port: 0 }, events), sdp, address);
  await phone.start();
  return phone;
}
