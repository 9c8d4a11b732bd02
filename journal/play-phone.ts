/**
 * The phone of a play: fills in the mandatory fields of SIP messages, so that a play contains only what matters.
 *
 * A response copies Via, From, To, Call-ID and CSeq from its request; a request takes From, To and Call-ID from the phone's
 * dialog, and counts its CSeq. Fields written in the play are not changed; a CSeq selects the request that a response answers, or
 * the latest of its method if none has this number.
 */

type Fields = Map<string, string[]>;

interface Heard {
  readonly start: string;
  readonly fields: Fields;
  readonly body: string;
}

function readSip(text: string): Heard {
  const [head = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n\n");
  const [start = "", ...lines] = head.split("\n");
  const fields: Fields = new Map();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(":")).trim();
    fields.set(name, [...(fields.get(name) ?? []), line.slice(line.indexOf(":") + 1).trim()]);
  }
  return { start, fields, body: rest.join("\n\n") };
}

export class PlayPhone {
  readonly #address: string;
  readonly #requests: Heard[] = [];
  #local = "";
  #remote = "";
  #callId = "";
  #cseq = 100;
  #branch = 0;
  /** The branch of a refused INVITE, until its ACK, which has the same branch (RFC 3261 §17.1.1.3). */
  #refused: string | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  /** Another phone with the same history. */
  copy(): PlayPhone {
    const other = new PlayPhone(this.#address);
    other.#requests.push(...this.#requests);
    [other.#local, other.#remote, other.#callId] = [this.#local, this.#remote, this.#callId];
    [other.#cseq, other.#branch, other.#refused] = [this.#cseq, this.#branch, this.#refused];
    return other;
  }

  /** Records a message from the gateway. */
  hear(text: string): void {
    const heard = readSip(text);
    const from = heard.fields.get("From")?.[0] ?? "";
    const to = heard.fields.get("To")?.[0] ?? "";
    this.#callId = heard.fields.get("Call-ID")?.[0] ?? this.#callId;
    if (heard.start.startsWith("SIP/2.0")) {
      [this.#local, this.#remote] = [from, to];
      if (heard.fields.get("CSeq")?.[0]?.endsWith("INVITE"))
        this.#refused = /^SIP\/2.0 [3-6]/.test(heard.start) ? branchOf(heard) : undefined;
    } else {
      this.#requests.push(heard);
      this.#remote = from;
      if (to.includes("tag=")) this.#local = to;
    }
  }

  /** Completes a message of the play. */
  complete(text: string): string {
    const said = readSip(text);
    const missing = said.start.startsWith("SIP/2.0") ? this.#response(said) : this.#request(said);
    const body = said.body.replaceAll("\n", "\r\n");
    const lines = [...said.fields].flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
    const whole = [said.start, ...missing, ...lines, `Content-Length: ${body.length}`];
    return `${whole.join("\r\n")}\r\n\r\n${body}`;
  }

  #response(said: Heard): string[] {
    const cseq = said.fields.get("CSeq")?.[0];
    const method = cseq?.split(" ")[1];
    const answers = this.#requests.filter(({ start }) => !start.startsWith("ACK") && start.startsWith(method ?? ""));
    const request = answers.findLast(({ fields }) => fields.get("CSeq")?.[0] === cseq) ?? answers.at(-1);
    const missing = ["Via", "From", "To", "Call-ID", "CSeq"].flatMap((name) =>
      said.fields.has(name) && name !== "CSeq"
        ? []
        : (request?.fields.get(name) ?? []).map((value) => `${name}: ${value}`),
    );
    said.fields.delete("CSeq");
    this.#local = said.fields.get("To")?.[0] ?? request?.fields.get("To")?.[0] ?? "";
    return missing;
  }

  #request(said: Heard): string[] {
    const method = said.start.split(" ")[0] ?? "";
    const follows = method === "ACK" || method === "CANCEL";
    if (!follows) this.#cseq++;
    if (method !== "CANCEL") this.#branch++;
    const branch = (method === "ACK" ? this.#refused : undefined) ?? `z9hG4bKplay${this.#branch}`;
    if (method === "ACK") this.#refused = undefined;
    const own: [string, string][] = [
      ["Via", `SIP/2.0/UDP ${this.#address};branch=${branch};rport`],
      ["Max-Forwards", "70"],
      ["From", this.#local],
      ["To", this.#remote],
      ["Call-ID", this.#callId],
      ["CSeq", `${this.#cseq} ${method}`],
    ];
    if (said.fields.has("From")) this.#local = said.fields.get("From")?.[0] ?? "";
    if (said.fields.has("To")) this.#remote = said.fields.get("To")?.[0] ?? "";
    if (said.fields.has("Call-ID")) this.#callId = said.fields.get("Call-ID")?.[0] ?? "";
    return own.filter(([name]) => !said.fields.has(name)).map(([name, value]) => `${name}: ${value}`);
  }
}

const branchOf = ({ fields }: Heard): string | undefined => /;branch=([^;]*)/.exec(fields.get("Via")?.[0] ?? "")?.[1];
