/**
 * A request of ours inside a dialog, with its retries: RFC 3261 §22 (digest), §8.1.3.1 (no response).
 *
 * Rules: it is sent again with credentials `MOST_TRIES` times at most; no response at all counts as 408, no way to send it as
 * 503. A 422 is handled where requests have a session interval: INVITE and re-INVITE by invite.ts, UPDATE by
 * session-refresh.ts. A 491 goes to the chart, which waits (glare.ts).
 */
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import type { ClientHandlers } from "../sip/user.ts";
import type { Fork } from "./fork.ts";
import type { Line } from "./line.ts";
import { statusWithoutResponse } from "./no-response.ts";

/** A request is made again with credentials this often at most: for a proxy, for the phone behind it, for a nonce that was stale. */
export const MOST_TRIES = 3;

/** What came of a request of ours: the final response, or that there was none. */
export type Final = (status: number, phrase: string, response?: Response) => void;

/** Sends the next request of a dialog; `final` is told once. */
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
