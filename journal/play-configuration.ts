/**
 * What a play says of the gateway's configuration: what is not as it is in other plays.
 *
 * Rule: a number that `[dial]` has written anew is told as the number of the user who was dialled, since the rules themselves
 * are about numbers, which a play does not name.
 */
import { attempt, Refusal } from "../protocol/refusal.ts";
import { readUri } from "../protocol/sip/uri.ts";
import { bareJid, readJid, unescapeLocal } from "../protocol/xmpp/jid.ts";
import type { WireEntry } from "./entries.ts";
import type { Others } from "./exchange/others.ts";
import { type CallOptions, PLAY_OPTIONS, type PlayConfiguration, type Setting } from "./setting.ts";
import type { CallRow } from "./view.ts";

export function configurationOf(
  row: CallRow,
  wires: readonly WireEntry[],
  { options, intercept, usernameToPhone, realm }: Setting,
  others: Others,
  online: readonly string[],
): PlayConfiguration {
  const changed = (Object.keys(PLAY_OPTIONS) as (keyof CallOptions)[]).filter(
    (key) => options[key] !== PLAY_OPTIONS[key],
  );
  const numbers = [...usernameToPhone, ...writtenAnew(row, wires, usernameToPhone)]
    .filter(({ username, phone }) => others.knowsPerson(username) || others.knowsPerson(phone))
    .map(({ username, phone }) => ({ username: others.person(username), phone: others.person(phone) }));
  return {
    ...Object.fromEntries(changed.map((key) => [key, options[key]])),
    ...(intercept ? { intercept } : {}),
    ...(row.direction === "incoming" ? { online } : {}),
    ...(realm.length > 0 ? { realm: realm.map((each) => others.realm(each)) } : {}),
    ...(numbers.length > 0 ? { usernameToPhone: numbers } : {}),
  };
}

type Numbers = Setting["usernameToPhone"];

/** The number that has gone out for what was dialled, where that is another text and no user's number. */
function writtenAnew({ direction, to }: CallRow, wires: readonly WireEntry[], known: Numbers): Numbers {
  const dialled = unescapeLocal(readJid(bareJid(to))?.local ?? "");
  const invite = wires.find(({ wire, out }) => wire === "sip" && out);
  const [, uri = ""] = /^INVITE (\S+) /.exec(new TextDecoder().decode(invite?.bytes.subarray(0, 512))) ?? [];
  const written = attempt(() => readUri(uri).user);
  const isKnown = known.some(({ username }) => username.toLowerCase() === dialled);
  if (direction !== "outgoing" || written instanceof Refusal || written === dialled || isKnown) return [];
  return [{ username: dialled, phone: written }];
}
