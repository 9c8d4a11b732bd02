/**
 * The trunk of a call, in its play.
 *
 * Rules: the play's trunk need not register, so the play states the registrar's realms and routes, as far as the call reveals them; a call received
 * over a TLS connection, whichever side opened it, comes in the play over one opened by the provider.
 */
import { header, values } from "../protocol/sip/fields.ts";
import type { WireEntry } from "./entries.ts";
import { exchangeJid, exchangeNameAddr, type Ports } from "./exchange/addresses.ts";
import type { Others } from "./exchange/others.ts";
import { isByTls, messagesIn } from "./play-places.ts";
import { changed, PLAY_MANNER, type PlayConfiguration, type TrunkManner, type TrunkSetting } from "./setting.ts";

/** The trunk with pseudonyms; its credentials are for the realms that received them. */
export function trunkOf(
  trunk: TrunkSetting,
  wires: readonly WireEntry[],
  others: Others,
): NonNullable<PlayConfiguration["trunk"]> {
  const { authority, domain, username, numbers, defaultUser } = trunk;
  const manner = isByTls(wires) ? { ...trunk, transport: "tls" } : trunk;
  const realm = trunk.realm.length > 0 ? trunk.realm : realmsIn(wires, trunk);
  return {
    ...changed<TrunkManner>(manner, PLAY_MANNER),
    authority: authority.replace(/^[^:[\]]+|^\[.*\]/, (host) => others.host(host)),
    domain: others.host(domain),
    username: username === "" ? "" : others.person(username),
    realm: realm.map((each) => others.realm(each)),
    numbers: numbers.map(({ number, user }) => ({ number: others.person(number), user: exchangeJid(user, others) })),
    defaultUser: defaultUser === "" ? "" : exchangeJid(defaultUser, others),
  };
}

/** The routes of our first INVITE: the registrar's, since there is no dialog yet (RFC 3608 §5). */
export function routesIn(wires: readonly WireEntry[], others: Others, ports: Ports): string[] {
  const [first] = messagesIn(wires.filter(({ out }) => out));
  if (first?.kind !== "request" || first.method !== "INVITE" || /;\s*tag\s*=/i.test(header(first, "To") ?? ""))
    return [];
  return values(first, "Route").flatMap((route) => exchangeNameAddr(route, others, ports) ?? []);
}

/**
 * The realms that received credentials in this call: taken from the preceding challenge, since the credentials are hidden. None for
 * a trunk whose registrar has another realm.
 */
function realmsIn(wires: readonly WireEntry[], { registers }: TrunkSetting): string[] {
  let challenge = "";
  const realms = new Set<string>();
  for (const message of messagesIn(wires)) {
    const said = header(message, "Proxy-Authenticate") ?? header(message, "WWW-Authenticate");
    challenge = /\brealm\s*=\s*"([^"]*)"/i.exec(said ?? "")?.[1] ?? challenge;
    const given = header(message, "Proxy-Authorization") ?? header(message, "Authorization");
    if (given !== undefined) realms.add(challenge);
  }
  return realms.size === 0 && registers ? ["of the registrar"] : [...realms];
}
