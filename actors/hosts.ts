/**
 * Addresses of host names: one look-up at a time per name, cached for a while, with bounded waits.
 *
 * `Resolve` is injected (node:dns lookup in production: /etc/hosts and the system's resolver). Addresses are in the order
 * in which to try them: IPv4 first, since "localhost" means 127.0.0.1 to most phones. Rules: a look-up has a
 * time-out; one that still hangs after it is joined, not started again; if a refresh fails or is slow, the old addresses
 * stay in use; names renewed in time never cause a wait. Left out: NAPTR and SRV (RFC 3263), which trunks/hops.ts looks up for
 * trunks, and the one configured proxy does without.
 */
import { isIP } from "node:net";
import type { Clock } from "./clock.ts";

/** All addresses of a host name; rejects if there are none. */
export type Resolve = (host: string) => Promise<readonly string[]>;
/** Called with the addresses; with none if the name cannot be resolved. */
type Use = (addresses: readonly string[]) => void;

/** Milliseconds. */
const TIMEOUT = 3_000;
const KEPT = 30_000;
const KEPT_WHEN_UNKNOWN = 2_000;
/** The maximum wait for new addresses if old ones are known. */
const PATIENCE = 250;
const MOST = 1_000;

/** The look-up with a time-out, and one query at a time per name. */
export function inTime(resolve: Resolve, clock: Clock): Resolve {
  const open = new Map<string, Promise<readonly string[]>>();
  const ask = (host: string): Promise<readonly string[]> => {
    const known = open.get(host);
    if (known !== undefined) return known;
    if (open.size >= MOST) return Promise.reject(new Error("too many look-ups at once"));
    const asked = resolve(host).finally(() => open.delete(host));
    open.set(host, asked);
    return asked;
  };
  return (host) =>
    new Promise((found, failed) => {
      const late = (): void => failed(new Error(`the name server has not answered within ${TIMEOUT} ms`));
      const disarm = clock.after(TIMEOUT, late);
      ask(host).then(found, failed).finally(disarm);
    });
}

interface Question {
  waiting: Use[];
  /** Whether it is so slow that old addresses are used instead. */
  late: boolean;
}

interface Known {
  readonly addresses: readonly string[];
  readonly until: number;
  /** Whether the last look-up found them; otherwise they are old, and nobody waits for new ones. */
  readonly isAnswered: boolean;
}

export class Hosts {
  readonly #resolve: Resolve;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Map<string, Question>();

  constructor(resolve: Resolve, clock: Clock) {
    this.#resolve = resolve;
    this.#clock = clock;
  }

  /** Passes the addresses of a host to `use`: at once if it is an address, cached, or empty. */
  find(host: string, use: Use): void {
    if (isIP(host) !== 0 || host === "") {
      use(host === "" ? [] : [host]);
      return;
    }
    const known = this.#known.get(host);
    const isFresh = known !== undefined && known.until > this.#clock.now();
    const question = this.#asked.get(host);
    const isOld = known !== undefined && known.addresses.length > 0 && (question?.late || !known.isAnswered);
    if (known !== undefined && (isFresh || isOld)) {
      if (!isFresh && question === undefined) this.#ask(host, () => {});
      use(known.addresses);
    } else if (question !== undefined) question.waiting.push(use);
    else this.#ask(host, use);
  }

  /** Looks up all cached names again, while they are still valid. */
  renew(): void {
    for (const host of this.#known.keys()) if (!this.#asked.has(host)) this.#ask(host, () => {});
  }

  #ask(host: string, use: Use): void {
    if (this.#asked.size >= MOST) {
      use([]);
      return;
    }
    const question: Question = { waiting: [use], late: false };
    this.#asked.set(host, question);
    const disarm = this.#clock.after(PATIENCE, () => {
      question.late = true;
      const old = this.#known.get(host)?.addresses ?? [];
      if (old.length > 0) tell(question, old);
    });
    Promise.resolve()
      .then(() => this.#resolve(host))
      .catch((): readonly string[] => [])
      .then((addresses) => {
        disarm();
        this.#told(host, question, addresses);
      });
  }

  #told(host: string, question: Question, found: readonly string[]): void {
    const addresses = found.filter((address) => isIP(address) !== 0).sort((one, other) => isIP(one) - isIP(other));
    const old = this.#known.get(host)?.addresses ?? [];
    if (this.#known.size >= MOST) this.#known.clear();
    const isAnswered = addresses.length > 0;
    const [now, kept] = isAnswered ? [addresses, KEPT] : [old, KEPT_WHEN_UNKNOWN];
    this.#known.set(host, { addresses: now, until: this.#clock.now() + kept, isAnswered });
    this.#asked.delete(host);
    tell(question, now);
  }
}

function tell(question: Question, addresses: readonly string[]): void {
  for (const use of question.waiting.splice(0)) use(addresses);
}
