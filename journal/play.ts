/**
 * A call as a play (replay/script.ts), which runs as a regression test and by `carillon replay`.
 *
 * Rules: what came is said, without what the phone of plays fills in (play-phone.ts); what left is heard, without what the
 * gateway makes up anew each time: an id that comes again is `{tag-1}`, taken from where it stands first. Pauses of 50 ms and more
 * are `after`. Who, where and with what keys is exchanged field by field (exchange/), so a play names nobody. Devices of plays
 * acknowledge by themselves: a result is said only where it came later.
 */
import { bareJid, readJid, unescapeLocal } from "../protocol/xmpp/jid.ts";
import type { Entry, WireEntry } from "./entries.ts";
import type { Ports } from "./exchange/addresses.ts";
import { Others, PLAY } from "./exchange/others.ts";
import { configurationOf } from "./play-configuration.ts";
import { PlaySip } from "./play-sip.ts";
import { PlayXmpp } from "./play-xmpp.ts";
import type { Setting } from "./setting.ts";
import type { CallRow } from "./view.ts";

/** Shorter pauses are none, in milliseconds. */
const PAUSE = 50;
/** What each step of a play takes. */
const STEP = 5;

/** What devices have acknowledged by themselves is on its way until then. */
const AFTER_THAT = "after 10 ms\n";

/** What happens beside the messages. */
function happens(entry: Entry): string | undefined {
  if (entry.kind === "stream") return entry.isUp ? undefined : `${AFTER_THAT}the stream is cut`;
  if (entry.kind !== "step") return undefined;
  if (entry.event === "operator.hangs-up") return `${AFTER_THAT}the operator hangs up`;
  return entry.event === "gateway.stops" ? `${AFTER_THAT}the gateway stops` : undefined;
}

/** The play of a call: text, with its configuration in a comment. */
export function playOf(row: CallRow, entries: readonly Entry[], setting: Setting): string {
  const told = entries
    .filter((entry) => entry.kind === "wire" || happens(entry) !== undefined)
    .toSorted((one, other) => one.at - other.at);
  const wires = told.filter((entry) => entry.kind === "wire");
  const others = othersOf(row, wires, setting);
  const sip = new PlaySip(others, portsOf(wires, setting), (wire) => sideOf(wire, wires, setting));
  const xmpp = new PlayXmpp(others, wires, setting);
  let now = wires[0]?.at ?? 0;
  const steps = told.flatMap((wire) => {
    const step = wire.kind !== "wire" ? happens(wire) : wire.wire === "sip" ? sip.step(wire) : xmpp.step(wire);
    if (step === undefined) return [];
    const pause = Math.round(wire.at - now);
    if (pause >= PAUSE) now = wire.at;
    now += STEP;
    return [...(pause >= PAUSE ? [`after ${pause} ms`] : []), step];
  });
  const silence = Math.round((row.ended ?? now) - now);
  if (silence >= PAUSE) steps.push(`after ${silence} ms`);
  const configuration = JSON.stringify(configurationOf(row, wires, setting, others, xmpp.online));
  steps.unshift(...xmpp.before);
  const ended = row.why === undefined ? "not over" : `ended by ${row.why}`;
  return [`# recorded: ${row.direction}, ${ended}`, `# options: ${configuration}`, ...steps, ""].join("\n");
}

/** The people and places of a call, as they are in plays; the user comes first. */
function othersOf(row: CallRow, wires: readonly WireEntry[], setting: Setting): Others {
  const user = row.direction === "outgoing" ? row.from : row.to;
  const others = new Others();
  const domain = readJid(bareJid(user))?.domain ?? "";
  others.isHost(setting.component, PLAY.component);
  if (domain !== setting.component) others.isHost(domain, PLAY.users);
  for (const host of setting.ours) others.isHost(host, PLAY.gateway);
  others.isHost(setting.proxyHost, PLAY.proxy);
  for (const wire of wires)
    if (wire.wire === "sip")
      others.isHost(wire.host, sideOf(wire, wires, setting) === "phone" ? PLAY.proxy : PLAY.stranger);
  others.person(unescapeLocal(readJid(bareJid(user))?.local ?? ""));
  others.ours = true;
  others.id(row.id, "tag");
  return others;
}

/** The phone of a play stands where the proxy does, or else where the first message is from or goes to. */
function sideOf(wire: WireEntry, wires: readonly WireEntry[], { proxyHost }: Setting): "phone" | "stranger" {
  const hosts = wires.filter((each) => each.wire === "sip").map(({ host }) => host);
  const phone = hosts.includes(proxyHost) ? proxyHost : hosts[0];
  return wire.host === phone ? "phone" : "stranger";
}

function portsOf(wires: readonly WireEntry[], setting: Setting): Ports {
  const ports = new Map([
    [`${PLAY.gateway} ${setting.port}`, PLAY.gatewayPort],
    [`${PLAY.proxy} ${setting.proxyPort}`, PLAY.proxyPort],
  ]);
  for (const wire of wires)
    if (wire.wire === "sip" && sideOf(wire, wires, setting) === "phone")
      ports.set(`${PLAY.proxy} ${wire.port}`, PLAY.proxyPort);
  return ports;
}
