/**
 * Builds messages: the response to a request, and a request from its fields.
 *
 * RFC 3261 §8.1.1, §8.2.6, §12.1.1. Rules: fields that a response must copy are copied unparsed; reason phrases are those of
 * the RFCs that define the status. Left out on purpose: the Via of a request, which the transport writes.
 */
import { USER_AGENT } from "./capabilities.ts";
import { keepReadings, tagOf } from "./mandatory.ts";
import type { Field, Request, Response } from "./message.ts";
import { COPIED } from "./names.ts";

/** RFC 3261 §21, and the RFCs of later statuses. */
const phrases: Readonly<Record<number, string>> = {
  100: "Trying",
  180: "Ringing",
  181: "Call Is Being Forwarded",
  182: "Queued",
  183: "Session Progress",
  200: "OK",
  202: "Accepted",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Moved Temporarily",
  305: "Use Proxy",
  380: "Alternative Service",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  410: "Gone",
  413: "Request Entity Too Large",
  414: "Request-URI Too Long",
  415: "Unsupported Media Type",
  416: "Unsupported URI Scheme",
  420: "Bad Extension",
  421: "Extension Required",
  422: "Session Interval Too Small",
  423: "Interval Too Brief",
  469: "Bad Info Package",
  480: "Temporarily Unavailable",
  481: "Call/Transaction Does Not Exist",
  482: "Loop Detected",
  483: "Too Many Hops",
  484: "Address Incomplete",
  485: "Ambiguous",
  486: "Busy Here",
  487: "Request Terminated",
  488: "Not Acceptable Here",
  489: "Bad Event",
  491: "Request Pending",
  493: "Undecipherable",
  500: "Server Internal Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Server Time-out",
  505: "Version Not Supported",
  513: "Message Too Large",
  580: "Precondition Failure",
  600: "Busy Everywhere",
  603: "Decline",
  604: "Does Not Exist Anywhere",
  606: "Not Acceptable",
  607: "Unwanted",
  608: "Rejected",
};

const classes = ["", "Trying", "OK", "Redirected", "Request Failure", "Server Failure", "Global Failure"];

/** The reason phrase of a status; that of its class for an unknown one. */
export function phraseOf(status: number): string {
  return phrases[status] ?? classes[Math.floor(status / 100)] ?? "";
}

export interface ResponseParts {
  /** The tag added to To if the request has none; never in a 100. */
  readonly toTag?: string;
  readonly headers?: readonly Field[];
  readonly body?: string;
}

/**
 * The response to a request, with the fields it must copy (RFC 3261 §8.2.6.2), Record-Route if it creates a dialog
 * (§12.1.1), and Timestamp in a 100 (§8.2.6.1).
 */
export function responseTo(request: Request, status: number, parts: ResponseParts = {}): Response {
  const { toTag, headers = [], body = "" } = parts;
  const begins = request.method === "INVITE" && status > 100 && status < 300;
  const also = status === 100 ? "Timestamp" : begins ? "Record-Route" : undefined;
  const tag = toTag === undefined || status === 100 || tagOf(request, "To") !== undefined ? undefined : toTag;
  const all: Field[] = [];
  for (const field of request.headers) {
    if (tag !== undefined && field[0] === "To") all.push(tagged(field, tag));
    else if (COPIED.has(field[0]) || field[0] === also) all.push(field);
  }
  all.push(...headers);
  const response: Response = { kind: "response", status, phrase: phraseOf(status), headers: all, body };
  keepReadings(response, request, tag === undefined);
  return response;
}

/** The response with a To tag, which every response but 100 needs (§8.2.6.2): the existing one, else one from `make`. */
export function withToTag(response: Response, make: () => string): Response {
  if (response.status === 100 || tagOf(response, "To") !== undefined) return response;
  const tag = make();
  return { ...response, headers: response.headers.map((field) => (field[0] === "To" ? tagged(field, tag) : field)) };
}

/** Works without brackets, too: parameters of an addr-spec are header parameters (§20). */
const tagged = ([name, value]: Field, tag: string): Field => [name, `${value};tag=${tag}`];

const FORWARDS: Field = ["Max-Forwards", "70"];
const AGENT: Field = ["User-Agent", USER_AGENT];

const describesBody = ([name]: Field): boolean => name.startsWith("Content-");

/** A request with Max-Forwards first and User-Agent before the fields that describe the body. */
export function requestOf(parts: {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Field[];
  readonly body?: string;
}): Request {
  const { method, uri, body = "" } = parts;
  const headers: Field[] = [FORWARDS];
  for (const field of parts.headers) if (!describesBody(field)) headers.push(field);
  headers.push(AGENT);
  for (const field of parts.headers) if (describesBody(field)) headers.push(field);
  return { kind: "request", method, uri, headers, body };
}

const word = "[\\w.!%*+`'~()<>:\\\\\"/\\[\\]?{}-]+";
const callId = new RegExp(`^${word}(?:@${word})?$`);

/** Whether a text is a valid Call-ID (RFC 3261 §25.1) of at most 255 characters. */
export function isCallId(text: string): boolean {
  return text.length <= 255 && callId.test(text);
}
