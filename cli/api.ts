/**
 * The API of a running gateway, for the commands `carillon calls`, `hangup` and `trace`.
 *
 * Rule: every error is one line that says what to do about it.
 */

/** The failure of a command, as one line. */
export class CommandError extends Error {}

/** The gateway's URL, and its token, if needed. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

export class Api {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A JSON response; undefined if it is 404. */
  async get<Answer>(path: string): Promise<Answer | undefined> {
    const answer = await this.#ask(path);
    return answer.status === 404 ? undefined : ((await answer.json()) as Answer);
  }

  /** Deletes; returns whether the resource existed. */
  async delete(path: string): Promise<boolean> {
    return (await this.#ask(path, "DELETE")).status !== 404;
  }

  /** Server-sent events, until the connection ends. */
  async *feed(path: string): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
    const { body } = await this.#ask(path);
    const parts = (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      // a killed gateway ends its feed without a proper close
      const { value, done } = await parts.read().catch(() => ({ value: undefined, done: true }));
      if (done || value === undefined) return;
      const events = (text + value).split("\n\n");
      text = events.pop() ?? "";
      for (const each of events) yield eventOf(each);
    }
  }

  async #ask(path: string, method = "GET"): Promise<Response> {
    const { url, token } = this.#connection;
    const headers: Record<string, string> = token === "" ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(new URL(path, url), { method, headers }).catch(() => {
      throw new CommandError(`no gateway answers at ${url}: is it running, and is this its [web] host and port?`);
    });
    if (answer.status === 401) throw new CommandError(WRONG_TOKEN(token));
    const why = answer.ok || answer.status === 404 ? undefined : await answer.text();
    if (why !== undefined) throw new CommandError(`the gateway at ${url} says ${answer.status}: ${wordsOf(why)}`);
    return answer;
  }
}

const WRONG_TOKEN = (token: string): string =>
  token === ""
    ? "the gateway requires its token: set CARILLON_WEB_TOKEN, or give its configuration with --config"
    : "wrong token for the gateway: see CARILLON_WEB_TOKEN, [web] token and token_file";

/** The error in a response, on one line. */
function wordsOf(body: string): string {
  try {
    return String((JSON.parse(body) as { error?: unknown }).error);
  } catch {
    return body.slice(0, 200).split("\n", 1)[0] ?? "";
  }
}

function eventOf(text: string): { event: string; data: unknown } {
  const field = (name: string): string =>
    text
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? "";
  return { event: field("event"), data: JSON.parse(field("data") || "null") };
}
