/** What others do to hold a gateway up, each at its wire: they read nothing, or send without end. Each returns how it ends. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { aliceOffers, bobOffers } from "../../examples/sessions.ts";
import { openUdp } from "../../transports/udp.ts";
import { ALICE, type Alice } from "./alice.ts";
import { until } from "./until.ts";
import type { Valve } from "./valve.ts";

const HERE = "127.0.0.1";
const PEERS = 5;
const READERS = 50;
/** Messages of a flood that go together. */
const MANY = 20;

/** A gateway's peers, and its ports. */
export interface HeldUp {
  readonly alice: Alice;
  readonly valve: Valve;
  readonly ports: { readonly sip: number; readonly web: number; readonly tls: number };
}

type End = () => unknown;

/** Copied into each answer, so that what is left unread is much. */
const VIA = `Via: SIP/2.0/TCP x.test;branch=z9hG4bK${"x".repeat(7_900)}\r\n`;
const asks = (at: number): string =>
  `OPTIONS sip:b@x.test SIP/2.0\r\n${VIA.repeat(5)}From: <sip:a@x.test>;tag=a\r\nTo: <sip:b@x.test>\r\nCall-ID: c${at}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`;

/** SIP peers by TCP and TLS that ask again and again and read no answer. */
export function silentPeers({ ports }: HeldUp): End {
  const byTls = (): Socket => connectTls({ port: ports.tls, host: HERE, rejectUnauthorized: false });
  const all = Array.from({ length: 2 * PEERS }, (_, at) => (at < PEERS ? connect(ports.sip, HERE) : byTls()));
  for (const socket of all) {
    let at = 0;
    const more = (): void => void socket.write(asks(at++), (error) => !error && setTimeout(more, 5));
    socket.on("error", () => {}).pause();
    more();
  }
  return () => {
    for (const socket of all) socket.destroy();
  };
}

/** Readers of the feed that read nothing. */
export async function silentReaders({ ports }: HeldUp): Promise<End> {
  let heard = 0;
  const all = Array.from({ length: READERS }, () => {
    const socket = connect(ports.web, HERE, () => socket.write("GET /api/feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
    socket
      .on("error", () => {})
      .once("data", () => {
        heard++;
        socket.pause();
      });
    return socket;
  });
  await until(
    "readers",
    () => heard,
    (count) => count === READERS,
  );
  return () => {
    for (const socket of all) socket.destroy();
  };
}

/** Calls without end, from the proxy. */
export async function callsByPhones({ ports }: HeldUp): Promise<End> {
  const socket = await openUdp({ host: HERE, port: 0 }, { received: () => {}, failed: () => {} });
  const sdp = bobOffers("actpass");
  const at = `${HERE}:${socket.local.port}`;
  const end = again((each) => {
    const text = `INVITE sip:alice@example.org SIP/2.0\r\nVia: SIP/2.0/UDP ${at};branch=z9hG4bKf${each}\r\nFrom: <sip:c${each}@b>;tag=${each}\r\nTo: <sip:alice@example.org>\r\nCall-ID: flood${each}\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:c@${at}>\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
    socket.send(new TextEncoder().encode(text), { host: HERE, port: ports.sip });
  });
  return () => {
    end();
    return socket.close();
  };
}

/** Calls without end, from a user, and questions whose answers her server does not read. */
export function callsByUser({ alice, valve }: HeldUp): End {
  valve.shut();
  return again((each) => {
    alice.says(`u${each}@sip.example.org`, "session-initiate", `flood${each}`, aliceOffers("actpass"));
    const query = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
    alice.sends(`<iq type='get' id='d${each}' from='${ALICE}' to='bob@sip.example.org'>${query}</iq>`);
  });
}

/** Runs again and again, `MANY` times in a turn. */
function again(run: (each: number) => void): () => void {
  let [each, isOver] = [0, false];
  const next = (): void => {
    for (let count = 0; !isOver && count < MANY; count++) run(each++);
    if (!isOver) setTimeout(next, 1);
  };
  next();
  return () => {
    isOver = true;
  };
}
