/**
 * Reads the exported JSON of a call: its messages as entries, from which a play is written.
 *
 * Rule: the input is untrusted and checked before use; invalid input is an error with a message.
 */
import { parse } from "ltx/lib/ltx.js";
import { writeStanza } from "../protocol/xmpp/write.ts";
import type { Entry } from "./entries.ts";
import type { Setting } from "./setting.ts";
import type { CallView, MessageView } from "./view.ts";

/** An exported call, with the gateway's configuration. */
export type ExportedCall = CallView & { readonly setting: Setting };

/** Reads the JSON of a call; throws an `Error` if it is invalid. */
export function readExportedCall(text: string): ExportedCall {
  const read = JSON.parse(text) as Partial<ExportedCall> | null;
  const isCall = Array.isArray(read?.steps) && Array.isArray(read.messages) && typeof read.setting === "object";
  if (!isCall) throw new Error("this JSON is not an exported call: steps, messages and setting are not there");
  return {
    streams: [],
    relayed: [],
    ...read,
    setting: { ...read.setting, trunks: read.setting?.trunks ?? [] },
  } as ExportedCall;
}

/** The entries of an exported call, in order; steps have only their events. */
export function entriesOf({ begun, steps, messages, streams, relayed }: ExportedCall): Entry[] {
  const lost = streams.map(({ at, isUp }): Entry => ({ kind: "stream", at: begun + at, isUp }));
  const taken = steps.map(({ at, event }): Entry => {
    return { kind: "step", at: begun + at, event, after: null, guards: [], actions: [] };
  });
  const said = messages.map((message): Entry => wireOf(begun, message));
  for (const { message, ...made } of relayed.toReversed())
    said.splice(message, 0, { ...made, kind: "relay", at: begun + made.at });
  const told = [...taken, ...said, ...lost];
  return told.toSorted((one, other) => one.at - other.at);
}

const encoder = new TextEncoder();

function wireOf(begun: number, { at, wire, out, peer, text }: MessageView): Entry {
  const [transport = "", address = ""] = wire === "sip" ? peer.split(" ") : [];
  const colon = address.lastIndexOf(":");
  const written = wire === "sip" ? sipOf(text) : writeStanza(parse(text));
  return {
    ...{ kind: "wire", at: begun + at, wire, out, transport, again: [], bytes: encoder.encode(written) },
    ...{ host: address.slice(0, Math.max(0, colon)), port: Number(address.slice(colon + 1)) || 0 },
  };
}

/** Restores the line ends of SIP, and adjusts Content-Length to the hidden secrets. */
function sipOf(text: string): string {
  const end = text.indexOf("\n\n");
  const [head, body] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 2).replaceAll("\n", "\r\n")];
  const length = encoder.encode(body).length;
  // a password in a URI is irrelevant here (RFC 3261 §19.1.1), and its placeholder is not valid in one
  const lines = head
    .replaceAll(/:‹hidden [0-9a-f]{4}›@/g, "@")
    .split("\n")
    .filter((line) => !/^(?:Content-Length|l)[ \t]*:/i.test(line));
  return `${[...lines, `Content-Length: ${length}`].join("\r\n")}\r\n\r\n${body}`;
}
