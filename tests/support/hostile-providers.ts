/**
 * Providers that speak TLS, or say so, and do harm at each stage of it: before, in and after the handshake, as registrar, and to an INVITE. Each is
 * on a port of its own and counts what it is asked.
 */
import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { PlayPhone } from "../../journal/play-phone.ts";
import type { Pair } from "./certificates.ts";
import { changed } from "./changed.ts";

/** What it does with a TCP connection, or with the text that has come over TLS. */
export interface Hostile {
  readonly name: string;
  /** With a TCP connection; TLS is spoken without it. */
  readonly raw?: (socket: Socket) => void;
  /** With a stream after its handshake; `below` is its TCP connection. */
  readonly opened?: (stream: TLSSocket, below: Socket) => void;
  /** It leaves an INVITE unanswered, which may yet be answered by another connection (RFC 3261 §17.1.4): the user hangs up. */
  readonly leaves?: true;
  /** With a request. */
  readonly heard?: (request: string, says: (start: string) => void, stream: TLSSocket) => void;
}

const TICK = 250;
const BLOCK = 16_384;

/** Does something again and again while the connection is open. */
function often(socket: Socket | TLSSocket, again: () => void): void {
  const timer = setInterval(again, TICK);
  socket.on("close", () => clearInterval(timer));
}
const unlessAck =
  (heard: NonNullable<Hostile["heard"]>): NonNullable<Hostile["heard"]> =>
  (request, says, stream) => {
    if (!request.startsWith("ACK")) heard(request, says, stream);
  };
const always = (start: (request: string) => string): Pick<Hostile, "heard"> => ({
  heard: unlessAck((request, says) => says(start(request))),
});
/** Takes the account, and does something with an INVITE. */
const grants = (heard: NonNullable<Hostile["heard"]>): Pick<Hostile, "heard"> => ({
  heard: unlessAck((request, says, stream) =>
    request.startsWith("REGISTER")
      ? says(`200 OK\n${/^Contact: .*$/m.exec(request)?.[0]?.trim()};expires=600`)
      : heard(request, says, stream),
  ),
});
const nonce = (): string => crypto.randomUUID();
const challenge = (status: string): string =>
  `${status}\nWWW-Authenticate: Digest realm="provider.test", nonce="${nonce()}", stale=true\nProxy-Authenticate: Digest realm="provider.test", nonce="${nonce()}", stale=true`;
const unknown = (at: number): string =>
  `SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKnone${at}\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:a@b>;tag=b\r\nCall-ID: none${at}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
const flood = Array.from({ length: 500 }, (_, at) => unknown(at)).join("");

export const HOSTILE: readonly Hostile[] = [
  { name: "never shakes hands", raw: () => {} },
  { name: "shakes hands a byte at a time", raw: (socket) => often(socket, () => socket.write("\x16")) },
  { name: "says nonsense instead", raw: (socket) => socket.write("SIP/2.0 200 OK\r\n\r\n".repeat(100)) },
  { name: "begins a record of a size that there is not", raw: (socket) => socket.write("\x16\x03\x03\xff\xff") },
  { name: "closes at once", raw: (socket) => socket.destroy() },
  { name: "closes after the handshake", opened: (stream) => stream.destroy() },
  { name: "says nonsense below TLS, after the handshake", opened: (_, below) => below.write("nonsense".repeat(100)) },
  { name: "says nonsense in TLS", opened: (stream) => stream.write("\0\xff".repeat(BLOCK)) },
  {
    name: "writes a header without end",
    opened: (stream) => often(stream, () => stream.write("X: y\r\n".repeat(2_000))),
  },
  {
    name: "has a body without end",
    opened: (stream) =>
      stream.write(changed(flood.slice(0, unknown(0).length), "Content-Length: 0", "Content-Length: 99999999999")),
  },
  { name: "floods with responses", opened: (stream) => often(stream, () => stream.write(flood)) },
  { name: "challenges for ever, with 401", ...always(() => challenge("401 Unauthorized")) },
  { name: "challenges for ever, with 407", ...always(() => challenge("407 Proxy Authentication Required")) },
  { name: "is moved to itself", ...always((request) => `302 Moved\nContact: ${/<[^>]*>/.exec(request)?.[0]}`) },
  { name: "is not available for 0 s", ...always(() => "503 Service Unavailable\nRetry-After: 0") },
  {
    name: "wants another interval each time",
    ...always(() => `423 Interval Too Brief\nMin-Expires: ${1 + Math.floor(Math.random() * 3_600)}`),
  },
  {
    name: "takes the account for no time",
    ...always((request) => `200 OK\n${/^Contact: .*$/m.exec(request)?.[0]?.trim()};expires=1`),
  },
  {
    name: "says 100 and closes",
    leaves: true,
    heard: (_, says, stream) => {
      says("100 Trying");
      stream.end();
    },
  },
  { name: "challenges each INVITE", ...grants((_, says) => says(challenge("407 Proxy Authentication Required"))) },
  {
    name: "moves each INVITE to itself",
    ...grants((request, says) => says(`302 Moved\nContact: <${/^INVITE (\S+)/.exec(request)?.[1]}>`)),
  },
  {
    name: "rings a thousand times, and closes",
    leaves: true,
    ...grants((_, says, stream) => {
      for (let at = 0; at < 1_000; at++) says(`180 Ringing ${at}`);
      stream.end();
    }),
  },
];

export interface Running {
  readonly name: string;
  readonly port: number;
  /** What it was asked: methods, and `connection` for each of these. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts one; it shows this certificate, which another may replace at any connection. */
export async function startHostile({ name, raw, opened, heard }: Hostile, own: () => Pair): Promise<Running> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const secured = (socket: Socket): void => {
    const { cert, keyText } = own();
    const stream = new TLSSocket(socket, { isServer: true, cert, key: keyText });
    const phone = new PlayPhone("127.0.0.1:5061");
    stream.on("error", () => {});
    stream.once("secure", () => opened?.(stream, socket));
    stream.on("data", (bytes) => {
      for (const request of String(bytes).split(/(?=^[A-Z]+ sips?:\S+ SIP\/2\.0)/m)) {
        const [method = ""] = request.split(" ", 1);
        if (!/^[A-Z]+$/.test(method)) continue;
        asked.push(method);
        phone.hear(request);
        heard?.(
          request,
          (start) => void stream.write(phone.complete(`SIP/2.0 ${start}\nTo: <sip:x@127.0.0.1>;tag=them`)),
          stream,
        );
      }
    });
  };
  const server: Server = createServer((socket) => {
    asked.push("connection");
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (raw) raw(socket);
    else secured(socket);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const at = server.address();
      resolve(typeof at === "object" && at !== null ? at.port : 0);
    });
  });
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(() => done()));
  };
  return { name, port, asked, close };
}
