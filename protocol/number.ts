/**
 * The normal form of a dialled text: an international number (`+4930123456`), a short one (`112`, `**610`), or a name.
 *
 * RFC 3966 §5.1.1 (visual separators carry no meaning), §5.1.5 (phone-context), RFC 3261 §19.1.6, ITU-T E.164. Rules: numbers from
 * clients, people and redirections are normalized here before any rule is applied, so that no other spelling evades a rule;
 * tel and sip URIs, escapes, digits of other scripts and invisible characters are reduced; a remainder that is neither a
 * number nor a name is refused. The rest of a URI is ignored: its host, and routing numbers (RFC 4694), which would redirect
 * the call. Left out on purpose: the length of numbers in each country, except North America; letters for digits
 * (`1-800-FLOWERS`).
 */

/** Numbering at the gateway's location. */
export interface Numbering {
  /** Country code, "49"; "" if not configured: national numbers cannot be read then. */
  readonly country: string;
  /** Area code, "30"; "" if not configured: numbers without a prefix stay as they are then. */
  readonly area: string;
  /** The prefix of an international number: "00", or "011" in North America. */
  readonly international: string;
  /** The prefix of a national number: "0"; "" if there is none. */
  readonly national: string;
  /** Numbers dialled unchanged. */
  readonly emergency: readonly string[];
}

/** A longer text is no number. */
const LONGEST = 128;
/** An international number has at most 15 digits (E.164 §6.2), and at least 5. */
const INTERNATIONAL = /^[1-9]\d{4,14}$/;
/** North American numbers have exactly ten digits after the 1; otherwise `+1 011 44…` would be sent as an international call. */
const NORTH_AMERICAN = /^1[2-9]\d{9}$/;
/** Shorter numbers are local to the telephone system. */
const SHORTEST_LOCAL = 5;

/** The normal form of a dialled text; undefined if it is neither a number nor a name. */
export function normal(dialled: string, numbering: Numbering): string | undefined {
  const written = dialled.length > LONGEST ? undefined : plain(dialled);
  const { user, params } = partsOf(written ?? "");
  const number = withoutSeparators(user);
  if (/^\+?[\d*#]{2,24}$/.test(number) && isHere(params, numbering)) return numberOf(number, numbering);
  return user === written && /^\p{L}[\p{L}\p{N}._-]*$/u.test(user) ? user : undefined;
}

/** Whether two texts are the same number: in normal form, or by their digits if there is no numbering. */
export function isSameNumber(one: string, other: string, numbering: Numbering | undefined): boolean {
  if (bareDigits(one) === bareDigits(other)) return true;
  const [first, second] = [one, other].map((each) => numbering && normal(each, numbering));
  return first !== undefined && first === second;
}

/** A number without separators and without its international prefix. */
const bareDigits = (number: string): string => withoutSeparators(number).replace(/^(?:\+|00)/, "");

/** The text with ASCII digits, without escapes and invisible characters. */
function plain(text: string): string | undefined {
  const unescaped = text.includes("%") ? decoded(text) : text;
  return unescaped
    ?.normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/(?!\d)\p{Nd}/gu, digit)
    .trim()
    .toLowerCase();
}

/** Escapes are decoded once; a doubly escaped text is no number. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The digits of a script are consecutive, beginning with zero (Unicode, chapter 4.6). */
function digit(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return `${(code - zero) % 10}`;
}

/** The user part and the parameters of a possible URI. */
function partsOf(text: string): { user: string; params: readonly string[] } {
  const [, scheme = "", rest = ""] = /^(tel:|sips?:(?:\/\/)?)?(.*)$/s.exec(text) ?? [];
  const userinfo = scheme.startsWith("sip") ? (/^([^@]*)@/.exec(rest)?.[1] ?? "").replace(/:.*$/s, "") : rest;
  const [user = "", ...params] = userinfo.split(";");
  return { user: user.trim(), params };
}

const withoutSeparators = (text: string): string => text.replace(/[\s\p{Pd}().\u2212/]/gu, "");

/** Whether a local number may be read with our numbering: every phone-context (RFC 3966) must be ours. */
function isHere(params: readonly string[], numbering: Numbering): boolean {
  const said = params.filter((each) => /^\s*phone-context\s*=/.test(each));
  const here = [`+${numbering.country}`, `+${numbering.country}${numbering.area}`];
  return said.every((each) => here.includes(withoutSeparators(each.replace(/^[^=]*=/, ""))));
}

function numberOf(number: string, numbering: Numbering): string | undefined {
  const { country, area, international, national, emergency } = numbering;
  if (number.startsWith("+")) return whole(number.slice(1), numbering);
  if (emergency.includes(number) || /[*#]/.test(number)) return number;
  const after = (prefix: string): string | undefined =>
    prefix !== "" && number.startsWith(prefix) ? number.slice(prefix.length) : undefined;
  const abroad = after(international);
  if (abroad !== undefined) return whole(abroad, numbering);
  if (country === "") return number;
  const home = after(national) ?? (hasNoPrefix(number, numbering) ? number : undefined);
  if (home !== undefined) return whole(`${country}${home}`, numbering);
  return area !== "" && number.length >= SHORTEST_LOCAL ? whole(`${country}${area}${number}`, numbering) : number;
}

/** An international number, without the `(0)` of `+49 (0)30`, which is dialled only inside the country. */
function whole(digits: string, { country, national }: Numbering): string | undefined {
  const isDoubled = national === "0" && country !== "" && digits.startsWith(`${country}0`);
  const number = isDoubled ? country + digits.slice(country.length).replace(/^0+/, "") : digits;
  const form = number.startsWith("1") ? NORTH_AMERICAN : INTERNATIONAL;
  return form.test(number) ? `+${number}` : undefined;
}

/** Whether a national number has no prefix: in countries without one, and the ten-digit numbers of North America. */
const hasNoPrefix = (number: string, { country, national }: Numbering): boolean =>
  number.length >= SHORTEST_LOCAL && (national === "" || (country === "1" && /^[2-9]\d{9}$/.test(number)));
