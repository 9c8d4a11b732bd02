/** Polling for foreign programs that do not announce their readiness. */
import { connectTcp } from "../../transports/tcp.ts";

/** Waits until a condition holds; gives up after a minute (for busy machines), or `seconds`, with the last value seen. */
export async function until<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  enough: (seen: Seen) => boolean,
  seconds = 60,
): Promise<Seen> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const seen = await look();
    if (enough(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s; last seen: ${JSON.stringify(seen)}`);
    await Bun.sleep(50);
  }
}

/** Waits until a port accepts connections. */
export async function listens(host: string, port: number): Promise<void> {
  const connect = async (): Promise<boolean> => {
    const events = { received: () => {}, closed: () => {} };
    const stream = await connectTcp({ host, port }, events, 1_000).catch(() => undefined);
    stream?.destroy();
    return stream !== undefined;
  };
  await until(`a listener on ${host}:${port}`, connect, Boolean);
}
