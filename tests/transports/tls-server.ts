/**
 * Listens for TLS as it is told in JSON on the command line, and prints its port, then who each one is that has come: for tls-listener.test.ts,
 * on each runtime. A line of JSON on standard input renews what it shows and believes.
 */
import { createInterface } from "node:readline";
import { listenTls } from "../../transports/tls-listener.ts";
import type { TlsServerTerms } from "../../transports/transport.ts";

interface Asked {
  readonly terms: TlsServerTerms;
  /** Whom it knows: a domain, and the authority of its own that it has, if it has one. */
  readonly known: Readonly<Record<string, { readonly domain: string; readonly ca?: string }>>;
}

const print = (told: object): void => console.log(JSON.stringify(told));
const { terms, known } = JSON.parse(process.argv[2] ?? "{}") as Asked;
const listener = await listenTls({ host: "127.0.0.1", port: 0 }, terms, (stream, peer) => {
  const names = Object.entries(known).flatMap(([name, { domain, ca }]) => (peer.isOf(domain, ca) ? [name] : []));
  print({ names, ...(peer.whyNot === undefined ? {} : { whyNot: peer.whyNot }) });
  return { received: (bytes) => stream.write(bytes), closed: () => print({ closed: true }) };
});
print({ port: listener.local.port });
createInterface({ input: process.stdin }).on("line", (line) => {
  listener.renew(JSON.parse(line) as TlsServerTerms);
  print({ renewed: true });
});
