/** A reader of the feed (`GET /api/feed`), like a browser: events, and the id of the last one. */

export interface FeedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

export class FeedReader {
  readonly status: number;
  readonly #pieces: AsyncIterator<Uint8Array> | undefined;
  readonly #leave: AbortController;
  #text = "";
  /** The id of the last event. */
  last = "";

  private constructor({ status, body }: Response, leave: AbortController) {
    this.status = status;
    this.#pieces = body?.[Symbol.asyncIterator]();
    this.#leave = leave;
  }

  static async open(url: string, lastEventId?: string, token?: string): Promise<FeedReader> {
    const leave = new AbortController();
    const headers = {
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return new FeedReader(await fetch(url, { signal: leave.signal, headers }), leave);
  }

  /** The next event of this name; others are skipped. */
  async next(name: string): Promise<FeedEvent> {
    for (;;) {
      const event = await this.#event();
      if (event.event === name) return event;
    }
  }

  /** The ids of calls received until this one, which is included. */
  async rowsUntil(id: string): Promise<string[]> {
    const found: string[] = [];
    while (!found.includes(id)) {
      const { data } = await this.next("calls");
      found.push(...(data as readonly { id: string }[]).map((row) => row.id));
    }
    return found;
  }

  leave(): void {
    this.#leave.abort();
  }

  async #event(): Promise<FeedEvent> {
    while (!this.#text.includes("\n\n")) {
      const { value, done } = (await this.#pieces?.next()) ?? { done: true };
      if (done || !value) throw new Error("the feed has ended");
      this.#text += new TextDecoder().decode(value);
    }
    const end = this.#text.indexOf("\n\n");
    const lines = this.#text.slice(0, end).split("\n");
    this.#text = this.#text.slice(end + 2);
    const of = (field: string): string =>
      lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2) ?? "";
    this.last = of("id");
    return { event: of("event"), id: this.last, data: JSON.parse(of("data")) };
  }
}
