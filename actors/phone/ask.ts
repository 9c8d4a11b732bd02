/**
 * A request of ours inside a dialog, with its retries: RFC 3261 §22 (digest), §8.1.3.1 (no response).
 *
 * Rules: it is repeated with credentials at most `MOST_TRIES` times; no response counts as 408, a failure to send as
 * 503. A 422 is handled where requests have a session interval: INVITE and re-INVITE by invite.ts, UPDATE by
 * session-refresh.ts. A 491 goes to the chart, which waits (glare.ts).
 */
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import type { ClientHandlers } from "../sip/user.ts";
import type { Fork } from "./fork.ts";
import type { Line } from "./line.ts";
import { statusWithoutResponse } from "./no-response.ts";

/** The maximum number of retries with credentials: one for a proxy, one for the phone behind it, one for a stale nonce. */
export const MOST_TRIES = 3;

/** The outcome of a request of ours: the final response, or none. */
export type Final = (status: number, phrase: string, response?: Response) => void;

/** Sends the next request of a dialog; `final` is called once. */
export function ask(
  line: Line,
  fork: Fork,
  { method, headers, body = "" }: { method: string; headers: readonly Field[]; body?: string },
  final: Final,
): void {
  const request = fork.next(method, headers, body);
  line.chart.say(() => void line.send(request, new Ask(line, fork, request, final, MOST_TRIES)));
}

/** One try. */
class Ask implements ClientHandlers {
  readonly #line: Line;
  readonly #fork: Fork;
  readonly #request: Request;
  readonly #final: Final;
  readonly #left: number;

  constructor(line: Line, fork: Fork, request: Request, final: Final, left: number) {
    this.#line = line;
    this.#fork = fork;
    this.#request = request;
    this.#final = final;
    this.#left = left;
  }

  response(response: Response): void {
    const { status, phrase } = response;
    if (status < 200) return;
    const retry = this.#left === 0 ? undefined : this.#retry(response);
    if (retry) this.#line.send(retry, new Ask(this.#line, this.#fork, retry, this.#final, this.#left - 1));
    else this.#final(status, phrase, response);
  }

  failed(why: "timeout" | "unreachable"): void {
    this.#final(...statusWithoutResponse(why));
  }

  #retry(response: Response): Request | undefined {
    return this.#fork.retry((number) => this.#line.authenticate(this.#request, response, number));
  }
}
