/**
 * Metrics for Prometheus (`GET /metrics`). It receives the same reports of calls as the journal (see actors/watch.ts), and reads
 * everything else at each scrape.
 *
 * Rules: a label is never a number, a JID or text from a peer, but may come from the configuration, so that there are few series:
 * `OUTCOMES`, `STATES`, and `MOST_KINDS` of refusals. Nothing is counted twice: drops and retransmissions are read from their own counters.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Values of the gateway, read at each scrape. */
export interface Gauges {
  readonly xmpp: boolean;
  readonly sockets: Readonly<Partial<Record<"udp" | "tcp" | "tls", boolean>>>;
  readonly proxy: "up" | "down" | "unknown";
  /** The configured media relays. */
  readonly relays: readonly { readonly name: string; readonly state: "up" | "down" | "unknown" }[];
  /** Live calls whose media go through a relay. */
  readonly relayed: number;
  readonly trunks: readonly { readonly name: string; readonly state: string; readonly why?: string }[];
  /** The state of each live call. */
  readonly states: readonly string[];
  /** Calls allowed in set-up, calls that count as such, and calls refused for overload since the start. */
  readonly load: Readonly<Record<"window" | "taken" | "refused", number>>;
  readonly retransmissions: Readonly<Record<"in" | "out", number>>;
  /** Counts by reason, for each wire. */
  readonly dropped: Readonly<Record<"sip" | "xmpp", ReadonlyMap<string, number>>>;
}

/** How a call ended, as far as it is counted; see actors/watch.ts. */
export interface Ended {
  readonly begun: number;
  readonly answered?: number | undefined;
  readonly ended: number;
  readonly by: string;
  readonly origin: "local" | "remote";
  readonly status?: number | undefined;
  readonly timer?: string | undefined;
}

/** The outcome of a call, for statistics. */
const OUTCOMES = ["completed", "dropped", "canceled", "declined", "unanswered", "unavailable", "failed"] as const;
type Outcome = (typeof OUTCOMES)[number];
const DIRECTIONS = ["outgoing", "incoming"] as const;
/** The top-level states of the call chart. */
const STATES = ["starting", "outgoing", "incoming", "accepting", "established", "ending"] as const;

const MOST_KINDS = 50;
/** Milliseconds between samples of the event loop's lag: sampling every 10 took 2.4 ms of CPU per second in an idle process. */
const LAG = 100;
/** Seconds. */
const SETUP = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 180];
const DURATION = [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];

const BUSY = new Set([486, 600, 603, 607, 608]);
const UNKNOWN = new Set([404, 410, 480, 484, 485, 604]);
const IN_VAIN: ReadonlySet<string | undefined> = new Set(["no answer", "no device wakes"]);

/** The outcome of a call. */
export function outcomeOf({ answered, by, origin, status, timer }: Ended): Outcome {
  if (answered !== undefined) return by === "gateway" && origin === "local" ? "dropped" : "completed";
  if (IN_VAIN.has(timer) || status === 408) return "unanswered";
  if (timer !== undefined) return "failed";
  if (status === 487 || by === "operator") return "canceled";
  if (status === undefined) return by === "user" || by === "phone" ? "canceled" : "failed";
  return BUSY.has(status) ? "declined" : UNKNOWN.has(status) ? "unavailable" : "failed";
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #calls: Counter<"direction" | "outcome">;
  readonly #setup: Histogram;
  readonly #duration: Histogram;
  /** Counts by kind of refusal, as plain numbers: a flood of calls costs no work in the metrics library. */
  readonly #kinds = new Map<string, number>();
  /** One for all calls of a direction. */
  readonly #watches = { outgoing: this.#watching("outgoing"), incoming: this.#watching("incoming") };

  constructor(gauges: () => Gauges) {
    const registers = [this.#registry];
    const named = (name: string, help: string) => ({ name: `carillon_${name}`, help, registers });
    this.#calls = new Counter({ ...named("calls_total", "Ended calls"), labelNames: ["direction", "outcome"] });
    for (const direction of DIRECTIONS) for (const outcome of OUTCOMES) this.#calls.inc({ direction, outcome }, 0);
    this.#setup = new Histogram({
      ...named("call_setup_seconds", "From the first message of a call to its answer"),
      buckets: SETUP,
    });
    this.#duration = new Histogram({
      ...named("call_duration_seconds", "From the answer to the end"),
      buckets: DURATION,
    });
    const kinds = this.#kinds;
    new Counter({
      ...named("refusals_total", "Refusals: calls by wire and status, and events that a call did not accept"),
      labelNames: ["kind"],
      collect() {
        this.reset();
        for (const [kind, count] of kinds) this.inc({ kind }, count);
      },
    });
    readAtScrape(named, gauges);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG });
  }

  /** A call begins. */
  begun({ direction }: { readonly direction: "outgoing" | "incoming" }) {
    return this.#watches[direction];
  }

  #watching(direction: "outgoing" | "incoming") {
    return {
      refused: () => this.#refused("event"),
      ended: (_: string, end: Ended) => this.#ended(direction, end),
    };
  }

  /** A call was refused before it was created. */
  refusedCall({ wire, status }: { readonly wire: string; readonly status: number | string }): void {
    this.#refused(`${wire} ${status}`);
  }

  readonly type = Registry.PROMETHEUS_CONTENT_TYPE;

  /** All metrics, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #ended(direction: "outgoing" | "incoming", end: Ended): void {
    this.#calls.inc({ direction, outcome: outcomeOf(end) });
    if (end.answered === undefined) return;
    this.#setup.observe((end.answered - end.begun) / 1_000);
    this.#duration.observe((end.ended - end.answered) / 1_000);
  }

  #refused(kind: string): void {
    const known = this.#kinds.has(kind) || this.#kinds.size < MOST_KINDS ? kind : "other";
    this.#kinds.set(known, (this.#kinds.get(known) ?? 0) + 1);
  }
}

const whetherUp = (state: "up" | "down" | "unknown"): number =>
  state === "unknown" ? Number.NaN : Number(state === "up");

type Named = (name: string, help: string) => { name: string; help: string; registers: Registry[] };

/** The metrics that are counted elsewhere. */
function readAtScrape(named: Named, gauges: () => Gauges): void {
  new Gauge({
    ...named("calls", "Live calls by state"),
    labelNames: ["state"],
    collect() {
      const { states } = gauges();
      const live = (state: string): number => states.filter((each) => each.split(".", 1)[0] === state).length;
      for (const state of STATES) this.set({ state }, live(state));
    },
  });
  new Counter({
    ...named("sip_retransmissions_total", "Retransmitted SIP messages, sent or received"),
    labelNames: ["direction"],
    collect() {
      this.reset();
      for (const [direction, count] of Object.entries(gauges().retransmissions)) this.inc({ direction }, count);
    },
  });
  new Counter({
    ...named("dropped_total", "Dropped messages"),
    labelNames: ["wire", "reason"],
    collect() {
      this.reset();
      for (const [wire, reasons] of Object.entries(gauges().dropped))
        for (const [reason, count] of reasons) this.inc({ wire, reason }, count);
    },
  });
  new Counter({
    ...named("overload_refusals_total", "Calls refused for overload"),
    collect() {
      this.reset();
      this.inc(gauges().load.refused);
    },
  });
  new Gauge({
    ...named(
      "set_up_window",
      "Calls allowed in set-up; below its maximum value, the gateway is overloaded or recently was",
    ),
    collect() {
      this.set(gauges().load.window);
    },
  });
  new Gauge({
    ...named("calls_in_set_up", "Calls in set-up, or waiting for it"),
    collect() {
      this.set(gauges().load.taken);
    },
  });
  new Gauge({
    ...named("xmpp_stream_up", "1 while the XMPP stream is up"),
    collect() {
      this.set(Number(gauges().xmpp));
    },
  });
  new Gauge({
    ...named("sip_socket_up", "1 while the SIP sockets are open"),
    labelNames: ["transport"],
    collect() {
      for (const [transport, up] of Object.entries(gauges().sockets)) this.set({ transport }, Number(up));
    },
  });
  new Gauge({
    ...named(
      "trunk_registered",
      "1 while a trunk's account is registered, 0 while it is not, or while a trunk without one cannot be reached",
    ),
    labelNames: ["trunk"],
    collect() {
      this.reset();
      for (const { name: trunk, state } of gauges().trunks)
        if (state !== "unregistered") this.set({ trunk }, Number(state === "registered"));
    },
  });
  new Gauge({
    ...named("trunk_fault", "1 while a trunk is refused or cannot be reached, and why"),
    labelNames: ["trunk", "why"],
    collect() {
      this.reset();
      for (const { name: trunk, why } of gauges().trunks) if (why) this.set({ trunk, why }, 1);
    },
  });
  new Gauge({
    ...named("proxy_up", "1 while the SIP proxy answers, 0 when it does not, NaN before that is known"),
    collect() {
      this.set(whetherUp(gauges().proxy));
    },
  });
  new Gauge({
    ...named("relay_up", "1 while the media relay answers, 0 when it does not, NaN before that is known"),
    labelNames: ["relay"],
    collect() {
      for (const { name, state } of gauges().relays) this.set({ relay: name }, whetherUp(state));
    },
  });
  new Gauge({
    ...named("relayed_calls", "Live calls whose media go through a relay"),
    collect() {
      this.set(gauges().relayed);
    },
  });
}
