/**
 * The people and hosts of a call, as they are in its play.
 *
 * Rules: the phone is at the proxy, or else at the address of the first message; in a call over a trunk, that is the provider. Any
 * other SIP host is a stranger. A called number that was rewritten becomes, in the play, the number that was dialled.
 */

import { isSameNumber } from "../protocol/number.ts";
import { attempt, Refusal } from "../protocol/refusal.ts";
import { header, readNameAddr } from "../protocol/sip/fields.ts";
import type { Message } from "../protocol/sip/message.ts";
import { readMessage } from "../protocol/sip/read.ts";
import { readUri } from "../protocol/sip/uri.ts";
import { bareJid, readJid, unescapeLocal } from "../protocol/xmpp/jid.ts";
import type { WireEntry } from "./entries.ts";
import type { Ports } from "./exchange/addresses.ts";
import { Others, PLAY } from "./exchange/others.ts";
import type { Dialled, Setting, TrunkSetting } from "./setting.ts";
import type { CallRow } from "./view.ts";

/** A SIP host of plays. */
export type Side = "phone" | "provider" | "stranger";

/** The host of each. */
export const PLACES: Readonly<Record<Side, string>> = {
  phone: PLAY.proxy,
  provider: PLAY.provider,
  stranger: PLAY.stranger,
};

export interface Places {
  readonly others: Others;
  readonly ports: Ports;
  readonly sideOf: (wire: WireEntry) => Side;
}

const hostsOf = (wires: readonly WireEntry[]): string[] =>
  wires.filter(({ wire }) => wire === "sip").map(({ host }) => host);

/** The people and hosts of a call, as they are in its play; the user comes first. */
export function placesOf(row: CallRow, wires: readonly WireEntry[], setting: Setting): Places {
  const side = row.trunk === undefined ? "phone" : "provider";
  const hosts = hostsOf(wires);
  const phone = side === "phone" && hosts.includes(setting.proxyHost) ? setting.proxyHost : hosts[0];
  const sideOf = ({ host }: WireEntry): Side => (host === phone ? side : "stranger");
  const others = new Others(setting.dial);
  const user = row.direction === "outgoing" ? row.from : row.to;
  const domain = readJid(bareJid(user))?.domain ?? "";
  others.isHost(setting.component, PLAY.component);
  if (domain !== setting.component) others.isHost(domain, PLAY.users);
  for (const host of setting.ours) others.isHost(host, PLAY.gateway);
  others.isHost(setting.proxyHost, PLAY.proxy);
  for (const wire of wires) if (wire.wire === "sip") others.isHost(wire.host, PLACES[sideOf(wire)]);
  others.person(unescapeLocal(readJid(bareJid(user))?.local ?? ""));
  const number = setting.dial && dialledBy(row, setting.dial);
  const written = row.direction === "outgoing" ? firstCalled(wires) : undefined;
  if (number !== undefined && written !== undefined && written !== number) others.isPerson(written, number);
  const trunk = setting.trunks.find(({ name }) => name === row.trunk);
  for (const [called, own] of trunk ? calledNumbers(row, wires, trunk, setting.dial) : []) others.isPerson(called, own);
  others.ours = true;
  others.id(row.id, "tag");
  return { others, ports: portsOf(wires, setting, sideOf), sideOf };
}

function portsOf(wires: readonly WireEntry[], setting: Setting, sideOf: Places["sideOf"]): Ports {
  const ports = new Map([
    [`${PLAY.gateway} ${setting.port}`, PLAY.gatewayPort],
    [`${PLAY.gateway} ${setting.tlsPort ?? setting.port}`, PLAY.gatewayPort],
    [`${PLAY.proxy} ${setting.proxyPort}`, PLAY.proxyPort],
  ]);
  for (const wire of wires)
    if (wire.wire === "sip" && sideOf(wire) !== "stranger")
      ports.set(`${PLACES[sideOf(wire)]} ${wire.port}`, PLAY.proxyPort);
  return ports;
}

/** The number dialled by a user, without the prefix that withholds the caller's number. */
export function dialledBy({ to }: CallRow, { hide }: Pick<Dialled, "hide">): string {
  const dialled = unescapeLocal(readJid(bareJid(to))?.local ?? "");
  return hide !== "" && dialled.startsWith(hide) ? dialled.slice(hide.length) : dialled;
}

/** The number sent for the dialled one. */
function firstCalled(wires: readonly WireEntry[]): string | undefined {
  const [first] = messagesIn(wires.filter(({ out }) => out));
  return first?.kind === "request" ? userOf(first.uri) : undefined;
}

/** The numbers called by an INVITE from a trunk, each with the spelling in the trunk's configuration. */
function calledNumbers(
  { direction }: CallRow,
  wires: readonly WireEntry[],
  { numbers }: TrunkSetting,
  dial: Dialled | undefined,
): [called: string, own: string][] {
  const [first] = direction === "incoming" ? messagesIn(wires) : [];
  if (first?.kind !== "request") return [];
  const named = ["P-Called-Party-ID", "To"].flatMap((name) => attempt(() => readNameAddr(header(first, name) ?? "")));
  const uris = [first.uri, ...named.flatMap((each) => (each instanceof Refusal ? [] : [each.uri]))];
  return uris.flatMap((uri) => {
    const called = userOf(uri) ?? "";
    const own = numbers.find(({ number }) => isSameNumber(number, called, dial))?.number;
    return own === undefined || own === called ? [] : [[called, own]];
  });
}

/** Whether a call has gone by TLS. */
export const isByTls = (wires: readonly WireEntry[]): boolean => wires.some(({ transport }) => transport === "tls");

/** The user part of a URI. */
export function userOf(uri: string): string | undefined {
  const read = attempt(() => readUri(uri));
  return read instanceof Refusal ? undefined : read.user;
}

/** The SIP messages of a call that can be read. */
export function messagesIn(wires: readonly WireEntry[]): Message[] {
  return wires
    .filter(({ wire }) => wire === "sip")
    .flatMap(({ bytes }) => {
      const message = attempt(() => readMessage(bytes));
      return message instanceof Refusal ? [] : [message];
    });
}
