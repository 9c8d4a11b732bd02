/**
 * The gateway's configuration in a play: only what differs from other plays.
 *
 * Rule: of the dial plan, it contains only the target dialled by this call, as allowed: the rules themselves contain numbers that
 * have no place in a play.
 */
import { bareJid, readJid } from "../protocol/xmpp/jid.ts";
import type { WireEntry } from "./entries.ts";
import type { Others } from "./exchange/others.ts";
import { dialledBy, isByTls, messagesIn, type Places, userOf } from "./play-places.ts";
import { routesIn, trunkOf } from "./play-trunk.ts";
import {
  type CallOptions,
  changed,
  type Dialled,
  PLAY_OPTIONS,
  type PlayConfiguration,
  type Setting,
} from "./setting.ts";
import type { CallRow } from "./view.ts";

export function configurationOf(
  row: CallRow,
  wires: readonly WireEntry[],
  setting: Setting,
  { others, ports }: Pick<Places, "others" | "ports">,
  online: readonly string[],
): PlayConfiguration {
  const { options, intercept, usernameToPhone, realm, trunks } = setting;
  const numbers = usernameToPhone
    .filter(({ username, phone }) => others.knowsPerson(username) || others.knowsPerson(phone))
    .map(({ username, phone }) => ({ username: others.person(username), phone: others.person(phone) }));
  const trunk = trunks.find(({ name }) => name === row.trunk);
  const routes = trunk ? routesIn(wires, others, ports) : [];
  const caller = setting.speaksAs.filter((each) => each === readJid(bareJid(row.from))?.domain);
  return {
    ...changed<CallOptions>(
      trunk === undefined && isByTls(wires) ? { ...options, transport: "tls" } : options,
      PLAY_OPTIONS,
    ),
    ...(intercept ? { intercept } : {}),
    ...(row.direction === "incoming" ? { online } : {}),
    ...(realm.length > 0 ? { realm: realm.map((each) => others.realm(each)) } : {}),
    ...(caller.length > 0 ? { speaksAs: caller.map((each) => others.host(each)) } : {}),
    ...(numbers.length > 0 ? { usernameToPhone: numbers } : {}),
    ...(trunk ? { trunk: trunkOf(trunk, wires, others) } : {}),
    ...(routes.length > 0 ? { routes } : {}),
    ...(setting.dial ? { dial: dialOf(setting.dial, row, wires, others) } : {}),
  };
}

/** All called targets are allowed: a phone may have redirected the call. */
function dialOf(
  dial: Dialled,
  row: CallRow,
  wires: readonly WireEntry[],
  others: Others,
): NonNullable<PlayConfiguration["dial"]> {
  const { hide, emergency, longest } = dial;
  const invites = messagesIn(wires.filter(({ out }) => out)).flatMap((message) =>
    message.kind === "request" && message.method === "INVITE" ? [message.uri] : [],
  );
  const dialled =
    row.direction === "outgoing" ? [dialledBy(row, dial), ...invites.flatMap((uri) => userOf(uri) ?? [])] : [];
  const to = [...new Set(dialled.map((each) => others.person(each)))];
  return { to, hide, longest, emergency: emergency.filter((each) => to.includes(each)) };
}
