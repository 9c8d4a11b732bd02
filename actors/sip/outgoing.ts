/**
 * A message as it has to be for the transport that carries it.
 *
 * RFC 3261 §18.1.1 (the Via of a request), §20.10. Rules: our Via names the transport that the message really takes;
 * our Contact has `;transport=tcp` exactly when the message goes by TCP, so that the other side answers in kind.
 */
import type { Field, Message, Request } from "../../protocol/sip/message.ts";
import { writeMessage } from "../../protocol/sip/message.ts";

/** What our Via says besides the transport. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  readonly branch: string;
}

/** The bytes of a message for a transport. */
export function writeBy(message: Message, transport: "udp" | "tcp"): Uint8Array {
  if (!message.headers.some(([name]) => name === "Contact")) return writeMessage(message);
  const headers = message.headers.map(
    ([name, value]): Field => [name, name === "Contact" ? contactBy(value, transport) : value],
  );
  return writeMessage({ ...message, headers });
}

/** A request with our Via on top (RFC 3581: `rport` asks for the port to answer to). */
export function withVia(request: Request, transport: "udp" | "tcp", hop: Hop): Request {
  const host = hop.host.includes(":") ? `[${hop.host}]` : hop.host;
  const via = `SIP/2.0/${transport.toUpperCase()} ${host}:${hop.port};rport;branch=${hop.branch}`;
  return { ...request, headers: [["Via", via], ...request.headers] };
}

function contactBy(value: string, transport: "udp" | "tcp"): string {
  return value.replace(/<(sips?:[^>?]*)/gi, (_, uri: string) => {
    const bare = uri.replace(/;transport=[^;]*/i, "");
    return `<${bare}${transport === "tcp" ? ";transport=tcp" : ""}`;
  });
}
