/**
 * The ICE agent toward the user (RFC 8445): werift's checks over the relay's own sockets, one for each address.
 *
 * Rules: a check is answered only if it has our ufrag and password, which werift does not verify; other packets are accepted only from
 * addresses from which such a check, or an answer to ours, has come; media is sent only over a nominated pair with fresh consent
 * (RFC 7675); an address of ours that cannot be bound is left out as long as another one works; of the user's candidates only UDP ones with
 * an IP address that places.ts permits count, others are learned from its checks. An ICE restart keeps the sockets. Bound: `MOST_PLACES`
 * source addresses of one user.
 * COMPAT werift 0.25.2: the sockets that it opens itself have no `error` listener, so its private list of them is filled here; a test
 * fails when that changes.
 */
import { randomBytes } from "node:crypto";
import {
  Candidate as Check,
  Connection,
  candidateFoundation,
  candidatePriority,
  parseMessage,
  StunProtocol,
} from "werift";
import type { Candidate, Transport } from "../protocol/media/media.ts";
import { isAddress } from "../protocol/media/values.ts";
import type { Address, Datagrams } from "../transports/transport.ts";
import { mayReach } from "./places.ts";
import type { Ports, Received } from "./ports.ts";
import { kindOf } from "./rtp.ts";
import type { StunServers } from "./stun.ts";

/** The number of source addresses from which one user may send checks. */
const MOST_PLACES = 100;

export interface IceNeeds {
  readonly ports: Ports;
  /** Our addresses, and the external address of the first IPv4 one. */
  readonly addresses: readonly string[];
  readonly outside: string;
  /** Who says where the first IPv4 is seen from outside; none where nobody is asked. */
  readonly stun?: StunServers | undefined;
  /** RFC 8445 §6.1.1: whoever offers. */
  readonly controlling: boolean;
  /** A packet other than STUN. */
  readonly received: (bytes: Uint8Array) => void;
  /** A check from the user has arrived. */
  readonly checked: () => void;
}

/** Private members of werift's Connection. */
interface Inside {
  readonly protocols: StunProtocol[];
  ensureProtocol(protocol: StunProtocol): void;
}
interface Protocol {
  datagramReceived(bytes: Buffer, from: readonly [string, number]): void;
}
const insideOf = (connection: Connection): Inside => connection as unknown as Inside;

interface Local {
  readonly protocol: StunProtocol;
  readonly socket: Datagrams;
  readonly candidate: Check;
}

export class IceAgent {
  readonly #needs: IceNeeds;
  readonly #connection: Connection;
  readonly #locals: Local[] = [];
  #peer: Pick<Transport, "ufrag" | "pwd"> = {};
  /** Where the first IPv4 of ours is seen from outside. */
  #seen: Address | undefined;
  #isClosed = false;
  /** From where checks have come. */
  readonly #checked = new Set<string>();

  private constructor(needs: IceNeeds) {
    this.#needs = needs;
    this.#connection = new Connection(needs.controlling, { useIpv4: true, useIpv6: true });
  }

  static async open(needs: IceNeeds): Promise<IceAgent> {
    const agent = new IceAgent(needs);
    let fault: unknown;
    for (const address of needs.addresses)
      await agent.#listen(address).catch((error: unknown) => {
        fault ??= error;
      });
    if (agent.#locals.length === 0) {
      agent.close();
      throw fault;
    }
    agent.#gathered();
    await agent.#lookFromOutside();
    return agent;
  }

  /** Our part of a description. */
  get transport(): Pick<Transport, "kind" | "ufrag" | "pwd" | "options" | "candidates" | "gathered"> {
    const { localUsername: ufrag, localPassword: pwd } = this.#connection;
    return { kind: "ice", ufrag, pwd, options: [], candidates: this.#candidates, gathered: true };
  }

  /** Whether this ufrag or password differs from the user's previous one. */
  isRestart({ ufrag, pwd }: Transport): boolean {
    return this.#peer.ufrag !== undefined && (ufrag !== this.#peer.ufrag || pwd !== this.#peer.pwd);
  }

  /** Creates a new ufrag and password of ours. */
  restart(): void {
    const { localUsername, localPassword } = this.#connection;
    void this.#connection.restart();
    Object.assign(this.#connection, { localUsername, localPassword });
    this.#gathered();
    this.#peer = {};
  }

  /** Starts the checks, unless they run for this ufrag and password already; `done` is called when a pair is nominated. */
  connect({ ufrag = "", pwd = "", candidates }: Transport, isLite: boolean, done: () => void): void {
    if (this.#peer.ufrag === ufrag && this.#peer.pwd === pwd) return;
    this.#peer = { ufrag, pwd };
    const connection = this.#connection;
    const { addresses } = this.#needs;
    connection.setRemoteParams({ iceLite: isLite, usernameFragment: ufrag, password: pwd });
    for (const each of candidates.filter((each) => isUsable(each) && mayReach(each.ip, addresses)))
      void connection.addRemoteCandidate(checkOf(each));
    connection.connect().then(done, () => {});
  }

  /** Sends to the user if a pair is nominated. */
  send(packet: Uint8Array): void {
    const { nominated, state } = this.#connection;
    if (!nominated || state === "failed" || state === "closed") return;
    const [host, port] = nominated.remoteAddr;
    this.#locals.find(({ protocol }) => protocol === nominated.protocol)?.socket.send(packet, { host, port });
  }

  close(): void {
    this.#isClosed = true;
    void this.#connection.close();
    for (const { socket } of this.#locals) void socket.close();
  }

  /** The first IPv4, which is what a NAT hides. */
  get #hidden(): Local | undefined {
    return this.#locals.find(({ candidate }) => !candidate.host.includes(":"));
  }

  async #lookFromOutside(): Promise<void> {
    const [local, { stun }] = [this.#hidden, this.#needs];
    if (!local || !stun) return;
    this.#seen = await stun.seen(local.protocol);
    if (this.#seen) stun.keep(local.protocol, () => !this.#isClosed && !this.#connection.nominated);
  }

  get #candidates(): Candidate[] {
    const outside = this.#hidden;
    const own = this.#locals.map(({ candidate: { host, port, priority, foundation } }) => ({
      ...{ foundation, component: 1, protocol: "udp", priority, ip: host, port },
      ...{ type: "host", generation: 0, network: 0 },
    }));
    if (outside && this.#seen && this.#seen.host !== outside.candidate.host)
      return [...own, reflexive(this.#seen, outside.candidate)];
    if (this.#needs.outside === "" || !outside) return own;
    const { port, priority } = outside.candidate;
    const more = { foundation: "outside", ip: this.#needs.outside, port, priority: priority - 1 };
    return [...own, { component: 1, protocol: "udp", type: "host", generation: 0, network: 0, ...more }];
  }

  async #listen(address: string): Promise<void> {
    const protocol = new StunProtocol();
    const received: Received = (bytes, from) => this.#received(protocol, bytes, from);
    const socket = await this.#needs.ports.one(address, received);
    const { port } = socket.local;
    const priority = candidatePriority("host", { transport: "udp", localPreference: 65_535 - this.#locals.length });
    const candidate = new Check(candidateFoundation("host", "udp", address), 1, "udp", priority, address, port, "host");
    protocol.localIp = address;
    protocol.localCandidate = candidate;
    protocol.transport = transportOf(socket) as unknown as StunProtocol["transport"];
    const { protocols } = insideOf(this.#connection);
    insideOf(this.#connection).ensureProtocol(protocol);
    protocols.push(protocol);
    this.#locals.push({ protocol, socket, candidate });
  }

  /** Sets the state that werift's own gathering would leave. */
  #gathered(): void {
    const connection = this.#connection;
    const { localUsername: before, localPassword: known } = connection;
    // RFC 8445 §5.3 asks for at least 24 and 128 bits; werift generates 16 and 88
    connection.localUsername = randomBytes(4).toString("hex");
    connection.localPassword = randomBytes(16).toString("hex");
    connection.userHistory = { [before]: known, [connection.localUsername]: connection.localPassword };
    connection.localCandidates = this.#locals.map(({ candidate }) => candidate);
    for (const { candidate } of this.#locals) candidate.ufrag = connection.localUsername;
    connection.localCandidatesEnd = true;
  }

  #received(protocol: StunProtocol, bytes: Uint8Array, { host, port }: Address): void {
    if (kindOf(bytes) !== "stun") {
      if (this.#isUser(host, port)) this.#needs.received(bytes);
      return;
    }
    const datagram = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isRequest(datagram) && !this.#takes(datagram, placeOf(host, port))) return;
    (protocol as unknown as Protocol).datagramReceived(datagram, [host, port]);
  }

  #isUser(host: string, port: number): boolean {
    if (this.#checked.has(placeOf(host, port))) return true;
    const [knownHost, knownPort] = this.#connection.nominated?.remoteAddr ?? [];
    return host === knownHost && port === knownPort;
  }

  /** Whether a check is the user's, from a known address or with room for one more. */
  #takes(datagram: Buffer, place: string): boolean {
    const isNew = !this.#checked.has(place);
    if ((isNew && this.#checked.size >= MOST_PLACES) || !this.#isOurs(datagram)) return false;
    this.#checked.add(place);
    this.#needs.checked();
    return true;
  }

  /** Whether a check has our ufrag, and valid integrity with its password. */
  #isOurs(datagram: Buffer): boolean {
    const { userHistory } = this.#connection;
    const name: unknown = parseMessage(datagram)?.getAttributeValue("USERNAME");
    const [user = ""] = typeof name === "string" ? name.split(":", 1) : [];
    // inherited properties of the object, such as `constructor`, are no ufrag of ours
    const password = Object.hasOwn(userHistory, user) ? userHistory[user] : undefined;
    return password !== undefined && parseMessage(datagram, Buffer.from(password)) !== undefined;
  }
}

/** RFC 8839 §5.1: what a STUN server has seen, and the base that it is of. */
function reflexive({ host: ip, port }: Address, { host, port: relatedPort }: Check): Candidate {
  const priority = candidatePriority("srflx", { transport: "udp" });
  const foundation = candidateFoundation("srflx", "udp", host);
  const base = { relatedAddress: host, relatedPort };
  return {
    foundation,
    component: 1,
    protocol: "udp",
    type: "srflx",
    generation: 0,
    network: 0,
    ip,
    port,
    priority,
    ...base,
  };
}

const placeOf = (host: string, port: number): string => `${host} ${port}`;

/** RFC 8489 §5: the class bits of a request are 0. */
const isRequest = (datagram: Buffer): boolean => datagram.length >= 20 && (datagram.readUInt16BE(0) & 0x0110) === 0;

const isUsable = ({ protocol, component, ip }: Candidate): boolean =>
  protocol === "udp" && component === 1 && isAddress(ip);

const checkOf = ({ foundation, priority, ip, port, type }: Candidate): Check =>
  new Check(foundation, 1, "udp", priority, ip, port, type);

/** The part of a socket that werift uses. */
const transportOf = (socket: Datagrams) => ({
  type: "udp",
  closed: false,
  addressFamily: socket.local.host.includes(":") ? 6 : 4,
  address: { address: socket.local.host, port: socket.local.port },
  send: async (bytes: Buffer, [host, port]: readonly [string, number]) => socket.send(bytes, { host, port }),
  close: async () => {},
});
