/**
 * Writes an outgoing message for the transport that carries it.
 *
 * RFC 3261 §18.1.1 (the Via of a request), §20.10. Rules: our Via contains the transport actually used;
 * our Contact has `;transport=tcp`, or `tls`, exactly when the message is sent over that, so that the other side uses the same one; if we
 * listen for TLS, Via and Contact of messages over TLS have that port; over TLS the Via asks for reuse of the connection for their
 * requests, too (`alias`, RFC 5923).
 */
import type { Field, Message, Request, Transport } from "../../protocol/sip/message.ts";
import { writeHost } from "../../protocol/sip/uri.ts";
import { writeMessage } from "../../protocol/sip/write.ts";
import type { Flow } from "./flow.ts";

/** The sent-by of our Via (RFC 3261 §18.1.1), and its branch. */
export interface SentBy {
  readonly host: string;
  readonly port: number;
  readonly branch: string;
}

/** The properties of a flow that are written into its messages. */
export type Carrier = Pick<Flow, "transport" | "ownPort">;

/** The bytes of a message for a flow. */
export function writeBy(message: Message, by: Carrier): Uint8Array {
  for (const field of message.headers) if (isForOther(field, by.transport)) return writeMessage(contacted(message, by));
  return writeMessage(message);
}

/** Whether a field is a Contact that may have another transport parameter. */
const isForOther = ([name, value]: Field, transport: Transport): boolean =>
  name === "Contact" && (transport !== "udp" || /;transport=/i.test(value));

function contacted(message: Message, by: Carrier): Message {
  return { ...message, headers: message.headers.map((field) => contactBy(field, by)) };
}

/** A request with our Via on top (RFC 3581: `rport` asks for responses to the source port). */
export function withVia(request: Request, transport: Transport, sentBy: SentBy): Request {
  const by = `SIP/2.0/${transport.toUpperCase()} ${writeHost(sentBy.host)}:${sentBy.port}`;
  const via = `${by};rport${transport === "tls" ? ";alias" : ""};branch=${sentBy.branch}`;
  const { kind, method, uri, headers, body } = request;
  return { kind, method, uri, headers: [["Via", via], ...headers], body };
}

function contactBy(field: Field, { transport, ownPort }: Carrier): Field {
  const [name, value] = field;
  if (name !== "Contact") return field;
  const written = value.replace(/<(sips?:[^>?]*)/gi, (_, uri: string) => {
    const ours = uri.replace(/;transport=[^;]*/i, "");
    const bare = ownPort === undefined ? ours : ours.replace(/:\d+(?=;|$)/, `:${ownPort}`);
    return `<${bare}${transport === "udp" ? "" : `;transport=${transport}`}`;
  });
  return [name, written];
}
