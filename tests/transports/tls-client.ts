/** Connects by TLS as it is told in JSON on the command line, and prints how each connection went: for tls.test.ts, on each runtime. */
import { connectTls } from "../../transports/tls.ts";
import type { TlsTerms } from "../../transports/transport.ts";

interface Try {
  readonly name: string;
  readonly port: number;
  readonly terms: TlsTerms;
}

/** What is heard of an echo, or why there is nothing. */
function tried({ port, terms }: Try): Promise<string> {
  return new Promise((resolve) => {
    const events = {
      received: (bytes: Uint8Array) => resolve(`hears ${JSON.stringify(new TextDecoder().decode(bytes))}`),
      closed: (error?: Error) => resolve(`closed: ${error?.message ?? "without a word"}`),
    };
    connectTls(terms, { host: "127.0.0.1", port }, events, 2_000, "127.0.0.1").then(
      (stream) => stream.write("\r\n\r\n"),
      (error: unknown) => resolve(error instanceof Error ? error.message : String(error)),
    );
  });
}

const tries = JSON.parse(process.argv[2] ?? "[]") as readonly Try[];
const told: Record<string, string> = {};
for (const each of tries) told[each.name] = await tried(each);
console.log(JSON.stringify(told));
process.exit(0);
