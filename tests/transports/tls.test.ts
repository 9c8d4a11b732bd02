/** TLS on each runtime: who is believed, who is not, and why, in the same words. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer as createTcp, type Server } from "node:net";
import { join } from "node:path";
import { createServer, type TlsOptions } from "node:tls";
import { Authority, noOpenssl, type Pair } from "../support/certificates.ts";
import { RUNTIMES } from "../support/runtimes.ts";

const DOMAIN = "provider.test";
const CLIENT = join(import.meta.dir, "tls-client.ts");
const ECHO = 'hears "\\r\\n\\r\\n"';
const UNTRUSTED = "its certificate is issued by an authority that is not trusted";

describe.skipIf(noOpenssl !== undefined)(`TLS${noOpenssl ? ` (left out: ${noOpenssl})` : ""}`, () => {
  const servers: Server[] = [];
  let ours: Authority;
  let other: Authority;
  let tries: object[];

  const listening = (server: Server): Promise<number> => {
    servers.push(server);
    return new Promise((resolve) =>
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      }),
    );
  };
  const echo = ({ cert, keyText }: Pair, more: TlsOptions = {}): Promise<number> =>
    listening(
      createServer({ cert, key: keyText, ...more }, (socket) => {
        socket.on("error", () => {});
        socket.on("data", (bytes) => socket.write(bytes));
      }),
    );

  beforeAll(async () => {
    ours = new Authority();
    other = new Authority(ours.folder, "other");
    const good = ours.sign("good", `DNS:${DOMAIN}`);
    const us = ours.sign("us", "DNS:gateway.example.org");
    const stranger = other.sign("stranger", "DNS:gateway.example.org");
    const asks = { ca: ours.caText, requestCert: true, rejectUnauthorized: true };
    const port = await echo(good);
    const mutual = await echo(good, asks);
    const plain = await listening(
      createTcp((socket) => {
        socket.on("error", () => {});
        socket.on("data", () => socket.end("SIP/2.0 400 Bad Request\r\n\r\n"));
      }),
    );
    const silent = await listening(createTcp(() => {}));
    const trusting = { domain: DOMAIN, ca: ours.caText };
    const by = ({ cert, keyText }: Pair) => ({ ...trusting, certificate: cert, key: keyText });
    tries = [
      { name: "right", port, terms: trusting },
      { name: "wrong name", port, terms: { ...trusting, domain: "other.test" } },
      { name: "unknown authority", port, terms: { ...trusting, ca: other.caText } },
      { name: "none of the runtime's", port, terms: { domain: DOMAIN } },
      { name: "expired", port: await echo(ours.sign("old", `DNS:${DOMAIN}`, true)), terms: trusting },
      { name: "by URI", port: await echo(ours.sign("uri", `URI:sip:${DOMAIN},DNS:sip.host.test`)), terms: trusting },
      { name: "URI of another", port: await echo(ours.sign("uri2", `URI:sip:x.test,DNS:${DOMAIN}`)), terms: trusting },
      {
        name: "by address",
        port: await echo(ours.sign("ip", "IP:127.0.0.1")),
        terms: { ...trusting, domain: "127.0.0.1" },
      },
      { name: "mutual", port: mutual, terms: by(us) },
      { name: "mutual, without ours", port: mutual, terms: trusting },
      { name: "mutual, with a stranger's", port: mutual, terms: by(stranger) },
      { name: "no TLS", port: plain, terms: trusting },
      { name: "silent", port: silent, terms: trusting },
      { name: "nobody", port: 1, terms: trusting },
    ];
  });
  afterAll(() => {
    for (const server of servers) server.close();
    ours?.remove();
  });

  for (const { name, command, missing } of RUNTIMES)
    describe.skipIf(missing !== undefined)(`on ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
      // proves: K22
      test("each certificate is judged, and the same words say why", async () => {
        // what would weaken the check, if it were heeded
        const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
        const run = Bun.spawn([...command, CLIENT, JSON.stringify(tries)], { env, stdout: "pipe", stderr: "ignore" });
        const told = JSON.parse(await new Response(run.stdout).text()) as Record<string, string>;
        const { "mutual, with a stranger's": refused, silent, ...more } = told;
        expect(more).toEqual({
          right: ECHO,
          "wrong name": `its certificate is for ${DOMAIN}, not for other.test`,
          "unknown authority": UNTRUSTED,
          "none of the runtime's": UNTRUSTED,
          expired: "its certificate has expired",
          "by URI": ECHO,
          "URI of another": `its certificate is for x.test, not for ${DOMAIN}`,
          "by address": ECHO,
          mutual: ECHO,
          "mutual, without ours": "closed: it rejects our certificate, or requires one",
          "no TLS": "it does not speak TLS there",
          nobody: "it refuses the connection",
        });
        expect(refused).toStartWith("closed: ");
        expect(silent).toEndWith("in 2000 ms");
      });
    });
});
