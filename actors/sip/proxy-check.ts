/**
 * Whether the SIP proxy is up: OPTIONS at intervals (RFC 3261 §11), and every other message from it.
 *
 * Rules: every response means that it is up, a refusal too; no response (Timer F), or no way to send, means that it is down. No
 * OPTIONS is sent while calls show that it is up. A change is logged once. A proxy that is down ends and refuses no call: calls are
 * attempted all the same, and each logs why it failed.
 */
import { requestOf } from "../../protocol/sip/build.ts";
import type { Destination } from "../../protocol/sip/message.ts";
import { writeHost } from "../../protocol/sip/uri.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { SipPort } from "./user.ts";

export type ProxyState = "up" | "down" | "unknown";

/** Milliseconds between evaluations of received messages: in a flood of messages one is enough. */
const NEWS = 1_000;

export interface ProxyCheckNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => string;
  readonly sip: () => SipPort;
  readonly proxy: Destination;
  /** Whether a message from this source is the proxy's. */
  readonly isProxy: (source: Destination) => boolean;
  /** Our host in From. */
  readonly localHost: string;
  /** Milliseconds of silence after which OPTIONS is sent; 0 disables it. */
  readonly interval: number;
}

export class ProxyCheck {
  readonly #needs: ProxyCheckNeeds;
  #state: ProxyState = "unknown";
  #heardAt = Number.NEGATIVE_INFINITY;
  #disarm: () => void = () => {};
  #stopped = false;
  #count = 0;

  constructor(needs: ProxyCheckNeeds) {
    this.#needs = needs;
  }

  get state(): ProxyState {
    return this.#state;
  }

  start(): void {
    if (this.#needs.interval > 0) this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  /** A SIP message was received. */
  heard(source: Destination): void {
    const now = this.#needs.clock.now();
    if (now - this.#heardAt < NEWS || !this.#needs.isProxy(source)) return;
    this.#alive(now);
  }

  #alive(at: number): void {
    this.#heardAt = at;
    this.#change("up");
  }

  /** Sends OPTIONS if nothing was received for the interval, else checks later. */
  #ask(): void {
    if (this.#stopped) return;
    const { clock, interval } = this.#needs;
    const left = this.#heardAt + interval - clock.now();
    if (left > 0) return this.#askAfter(left);
    const asked = clock.now();
    const again = (): void => this.#askAfter(asked + interval - clock.now());
    this.#send((why) => {
      if (why === undefined) this.#alive(asked);
      else this.#change("down", why);
      again();
    });
  }

  #askAfter(milliseconds: number): void {
    if (this.#stopped) return;
    this.#disarm();
    // an attempt that fails at once is not repeated at once
    this.#disarm = this.#needs.clock.after(Math.max(NEWS, milliseconds), () => this.#ask());
  }

  /** Sends OPTIONS; `told` is called once, with the failure if there was no response. */
  #send(told: (why?: object) => void): void {
    const { sip, proxy, random, localHost } = this.#needs;
    const uri = `sip:${writeHost(proxy.host)}:${proxy.port}`;
    const headers = [
      ["From", `<sip:${writeHost(localHost)}>;tag=${random()}`],
      ["To", `<${uri}>`],
      ["Call-ID", random()],
      ["CSeq", `${++this.#count} OPTIONS`],
      ["Accept", "application/sdp"],
    ] as const;
    let isTold = false;
    const once = (why?: object): void => {
      if (!isTold) told(why);
      isTold = true;
    };
    sip().send(requestOf({ method: "OPTIONS", uri, headers }), proxy, {
      response: () => once(),
      failed: (why) => once(why === "timeout" ? { timer: "Timer F" } : { why: "it cannot be reached" }),
    });
  }

  #change(state: ProxyState, why: object = {}): void {
    if (state === this.#state) return;
    this.#state = state;
    const { host, port, transport } = this.#needs.proxy;
    const level = state === "down" ? "warn" : "info";
    this.#needs.log({ level, event: "sip.proxy", state, host, port, transport, ...why });
  }
}
