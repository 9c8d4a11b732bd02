/** The 49 torture messages of RFC 4475, by what the process answers to each: by UDP from a socket, by TCP on a connection of its own. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Element } from "@xmpp/xml";
import { PlayServer } from "../replay/server.ts";
import { connectTcp, listenTcp } from "../transports/tcp.ts";
import type { Listener } from "../transports/transport.ts";
import { openUdp } from "../transports/udp.ts";
import { type GatewayProcess, healthy, startGateway } from "./support/gateway-process.ts";
import { gatewayToml } from "./support/gateway-toml.ts";
import { until } from "./support/until.ts";

const folder = join(import.meta.dir, "../node_modules/sip/test/messages");

/** The last answers by UDP and by TCP; "-" for none, and "closed" where the next message of the stream cannot be found. */
const ANSWERS: readonly (readonly [file: string, section: string, udp: string, tcp?: string])[] = [
  ["wsinv", "3.1.1.1 a short tortuous INVITE, inside a dialog that there is not", "481"],
  ["intmeth", "3.1.1.2 a wide range of valid characters", "501"],
  ["esc01", "3.1.1.3 escapes in a URI; the user is offline", "480"],
  ["escnull", "3.1.1.4 escaped nulls (REGISTER)", "405"],
  ["esc02", "3.1.1.5 a method with a percent sign", "501"],
  ["lwsdisp", "3.1.1.6 no blank between name and <", "200"],
  ["longreq", "3.1.1.7 long values; the user is offline", "480"],
  [
    "dblreq",
    "3.1.1.8 octets after the body: none by UDP, the next message by TCP, an INVITE without Contact",
    "405",
    "405 400 closed",
  ],
  ["semiuri", "3.1.1.9 semicolons in the user part", "200"],
  ["transports", "3.1.1.10 every transport in Via", "200"],
  ["mpart01", "3.1.1.11 multipart (MESSAGE)", "405"],
  ["unreason", "3.1.1.12 a response: a reason phrase in UTF-8", "-"],
  ["noreason", "3.1.1.13 a response: an empty reason phrase", "-"],
  ["badinv01", "3.1.2.1 extraneous separators, in Via too", "400"],
  ["clerr", "3.1.2.2 Content-Length larger than the body, which is waited for by TCP", "400", "-"],
  ["ncl", "3.1.2.3 a negative Content-Length", "400", "400 closed"],
  ["scalar02", "3.1.2.4 scalars out of range in a request", "400"],
  ["scalarlg", "3.1.2.5 a response: scalars out of range", "-"],
  ["quotbal", "3.1.2.6 an unterminated quoted string", "400"],
  ["ltgtruri", "3.1.2.7 <> around the Request-URI", "400"],
  ["lwsruri", "3.1.2.8 blanks in the Request-URI", "400"],
  ["lwsstart", "3.1.2.9 blanks in the start line", "400"],
  ["trws", "3.1.2.10 a blank at the end of the start line", "400"],
  ["escruri", "3.1.2.11 headers in the Request-URI are ignored; the user is offline", "480"],
  ["baddate", "3.1.2.12 an invalid Date, which nobody here reads; the user is offline", "480"],
  ["regbadct", "3.1.2.13 a Contact whose URI needs brackets", "400"],
  ["badaspec", "3.1.2.14 blanks within an addr-spec", "400"],
  ["baddn", "3.1.2.15 a display name that needs quotes", "400"],
  ["badvers", "3.1.2.16 an unknown version, in Via too", "505"],
  ["mismatch01", "3.1.2.17 CSeq names another method", "400"],
  ["mismatch02", "3.1.2.18 CSeq names another method, which nobody knows", "400"],
  ["bigcode", "3.1.2.19 a response: a status out of range", "-"],
  ["badbranch", "3.2.1 a branch that is the magic cookie alone", "200"],
  ["insuf", "3.3.1 no Call-ID, From or To", "400"],
  ["unkscm", "3.3.2 an unknown scheme in the Request-URI", "416"],
  ["novelsc", "3.3.3 a known but untaken scheme", "416"],
  ["unksm2", "3.3.4 unknown schemes elsewhere (REGISTER)", "405"],
  ["bext01", "3.3.5 Require and Proxy-Require", "420"],
  ["invut", "3.3.6 an unknown content type", "415"],
  ["regaut01", "3.3.7 an unknown authorization scheme (REGISTER)", "405"],
  ["multi01", "3.3.8 single fields given twice", "400"],
  ["mcl01", "3.3.9 two Content-Lengths", "400", "400 closed"],
  ["bcast", "3.3.10 a response with a broadcast Via", "-"],
  ["zeromf", "3.3.11 Max-Forwards 0: an endpoint answers all the same", "200"],
  ["cparam01", "3.3.12 a header parameter for the Contact (REGISTER)", "405"],
  ["cparam02", "3.3.13 a URI parameter for the Contact (REGISTER)", "405"],
  ["regescrt", "3.3.14 an escaped Route in the Contact (REGISTER)", "405"],
  ["sdp01", "3.3.15 an Accept without SDP", "406"],
  [
    "inv2543",
    "3.4.1 an INVITE of RFC 2543, without Contact; without Content-Length TCP cannot cut it",
    "480",
    "closed",
  ],
];

/** The file of baddn in the package lacks the empty line that RFC 4475 has. */
const bytesOf = (file: string): Buffer =>
  Buffer.concat([readFileSync(join(folder, `${file}.dat`)), Buffer.from(file === "baddn" ? "\r\n" : "")]);
/** Each message comes from an address of its own, all of which may call. */
const hostOf = (at: number): string => `127.0.1.${at + 1}`;
/** RFC 3261 §18.2.2: the answer goes to the port in Via, where no rport asks for another. */
const portOf = (message: Buffer): number =>
  Number(/^v(?:ia)?\s*:[^,;\n]*?:\s*(\d+)\s*[;,\r]/im.exec(String(message))?.[1] ?? 5060);

/** Everybody is offline: a proposal comes back, as from a server that keeps nothing. */
function offline(server: PlayServer, stanza: Element): void {
  const { id, from, to } = stanza.attrs;
  if (stanza.getChild("propose") !== undefined)
    server.send(
      `<message type='error' id='${id}' from='${to}' to='${from}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
    );
}

const statusesIn = (text: string): string[] =>
  [...text.matchAll(/^SIP\/2.0 ([2-6]\d\d)/gm)].map(([, status = ""]) => status);

describe("the process answers", () => {
  const heard = { udp: new Map<string, string>(), tcp: new Map<string, string>() };
  const closings: (() => unknown)[] = [];
  let xmpp: Listener;
  let gateways: GatewayProcess[] = [];

  beforeAll(async () => {
    xmpp = await listenTcp({ host: "127.0.0.1", port: 0 }, (stream) => {
      const server: PlayServer = new PlayServer((stanza) => offline(server, stanza));
      return server.accept(stream);
    });
    for (const transport of ["udp", "tcp"] as const) {
      const gateway = await startGateway(TOML(xmpp.local.port));
      gateways = [...gateways, gateway];
      await healthy(gateway);
      await Promise.all(
        ANSWERS.map(([file], at) => (transport === "udp" ? byUdp : byTcp)(gateway.sipPort, file, hostOf(at))),
      );
      const due = ANSWERS.filter(([, , udp, tcp = udp]) => (transport === "udp" ? udp : tcp) !== "-");
      await until(
        "all answers",
        () => due.filter(([file]) => !heard[transport].get(file)),
        (missing) => missing.length === 0,
        20,
      ).catch(
        () => {}, // each is told by its own test
      );
    }
  }, 120_000);

  afterAll(async () => {
    for (const close of closings) await close();
    for (const gateway of gateways) await gateway.stop();
    await xmpp.close();
  }, 60_000);

  async function byUdp(port: number, file: string, host: string): Promise<void> {
    const message = bytesOf(file);
    const received = (bytes: Uint8Array): void => add("udp", file, statusesIn(new TextDecoder().decode(bytes)));
    const socket = await openUdp({ host, port: portOf(message) }, { received, failed: () => {} });
    closings.push(() => socket.close());
    socket.send(message, { host: "127.0.0.1", port });
  }

  async function byTcp(port: number, file: string, host: string): Promise<void> {
    const events = {
      received: (bytes: Uint8Array): void => add("tcp", file, statusesIn(new TextDecoder().decode(bytes))),
      closed: (): void => add("tcp", file, ["closed"]),
    };
    const stream = await connectTcp({ host: "127.0.0.1", port }, events, 5_000, host);
    closings.push(() => stream.destroy());
    stream.write(message(file));
  }

  const message = (file: string): Uint8Array => new Uint8Array(bytesOf(file));
  const add = (transport: "udp" | "tcp", file: string, words: readonly string[]): void => {
    if (words.length > 0) heard[transport].set(file, [heard[transport].get(file) ?? "", ...words].join(" ").trim());
  };

  // proves: G15
  test.each(ANSWERS)("%s (§%s): %s by UDP", (file, _, answer) => {
    expect([...new Set((heard.udp.get(file) ?? "-").split(" "))].join(" ")).toBe(answer);
  });

  // proves: G15
  test.each(ANSWERS.map(([file, section, udp, tcp = udp]) => [file, section, tcp] as const))(
    "%s (§%s): %s by TCP",
    (file, _, answer) => {
      expect([...new Set((heard.tcp.get(file) ?? "-").split(" "))].join(" ")).toBe(answer);
    },
  );
});

const TOML = (port: number): string =>
  gatewayToml({ component: "sip.example.org", componentPort: port, domain: "example.com" }, 5060, {
    proxyHost: "127.0.0.7",
    sip: 'allow = ["127.0.1.0/24"]\noptions_interval = 0',
  });
