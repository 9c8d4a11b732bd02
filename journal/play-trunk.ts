/**
 * What a play says of the trunk of its call.
 *
 * Rules: it need not register, so of the realms it says those that the registrar has made known, as far as the call shows them; a call that has come
 * over a TLS connection, whoever has made that, comes in a play over one that the provider makes.
 */
import { header } from "../protocol/sip/fields.ts";
import type { WireEntry } from "./entries.ts";
import { exchangeJid } from "./exchange/addresses.ts";
import type { Others } from "./exchange/others.ts";
import { isByTls, messagesIn } from "./play-places.ts";
import { changed, PLAY_MANNER, type PlayConfiguration, type TrunkManner, type TrunkSetting } from "./setting.ts";

/** The trunk with other names; its credentials are for the realms that have got them. */
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

/**
 * The realms that have got credentials in this call: those of the challenge before, since what answers it is hidden. A trunk whose
 * registrar has another realm gives them to none.
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
