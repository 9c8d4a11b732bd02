/**
 * What somebody has dialled, in its one form: an international number (`+4930123456`), a short one (`112`, `**610`), or a name.
 *
 * RFC 3966 §5.1.1 (visual separators mean nothing), §5.1.5 (phone-context), RFC 3261 §19.1.6, ITU-T E.164. Rules: whatever a
 * client, a person or a redirection writes is read here before anybody judges it, so that no rule is got round by another
 * spelling; tel and sip URIs, escapes, digits of other scripts and marks that nobody sees are all taken off; what is left over
 * and is neither a number nor a name is refused. Nothing else of a URI counts: not its host, nor routing numbers (RFC 4694),
 * which would lead elsewhere. Left out on purpose: how long the numbers of a country are, except North America's;
 * letters for digits (`1-800-FLOWERS`).
 */

/** How numbers are written where the gateway is. */
export interface Numbering {
  /** The country's code, "49"; "" if none is said: then national numbers cannot be read. */
  readonly country: string;
  /** The area's code, "30"; "" if none is said: then numbers without a prefix stay as they are. */
  readonly area: string;
  /** The prefix of an international number: "00", or "011" in North America. */
  readonly international: string;
  /** The prefix of a national number: "0"; "" where there is none. */
  readonly national: string;
  /** Numbers that are dialled as they stand. */
  readonly emergency: readonly string[];
}

/** What is longer is no number. */
const LONGEST = 128;
/** The most digits of an international number (E.164 §6.2), and the least that make one. */
const INTERNATIONAL = /^[1-9]\d{4,14}$/;
/** In North America all have ten digits behind the 1, or `+1 011 44…` would leave as a call abroad. */
const NORTH_AMERICAN = /^1[2-9]\d{9}$/;
/** Shorter numbers belong to the telephone system at hand. */
const SHORTEST_LOCAL = 5;

/** The one form of what was dialled; undefined for what is neither a number nor a name. */
export function normal(dialled: string, numbering: Numbering): string | undefined {
  const written = dialled.length > LONGEST ? undefined : plain(dialled);
  const { user, params } = partsOf(written ?? "");
  const number = withoutSeparators(user);
  if (/^\+?[\d*#]{2,24}$/.test(number) && isHere(params, numbering)) return numberOf(number, numbering);
  return user === written && /^\p{L}[\p{L}\p{N}._-]*$/u.test(user) ? user : undefined;
}

/** Whether two texts are one number: as they are dialled here, or in their digits where nobody says what that means. */
export function isSameNumber(one: string, other: string, numbering: Numbering | undefined): boolean {
  if (bareDigits(one) === bareDigits(other)) return true;
  const [first, second] = [one, other].map((each) => numbering && normal(each, numbering));
  return first !== undefined && first === second;
}

/** A number without separators and without the sign that it is an international one. */
const bareDigits = (number: string): string => withoutSeparators(number).replace(/^(?:\+|00)/, "");

/** The text in ASCII digits, without escapes and without marks that nobody sees. */
function plain(text: string): string | undefined {
  const unescaped = text.includes("%") ? decoded(text) : text;
  return unescaped
    ?.normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/(?!\d)\p{Nd}/gu, digit)
    .trim()
    .toLowerCase();
}

/** Escapes are read once; what is escaped twice is no number. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The digits of a script stand one after another, from zero on (Unicode, chapter 4.6). */
function digit(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return `${(code - zero) % 10}`;
}

/** The user part of what may be a URI, and its parameters. */
function partsOf(text: string): { user: string; params: readonly string[] } {
  const [, scheme = "", rest = ""] = /^(tel:|sips?:(?:\/\/)?)?(.*)$/s.exec(text) ?? [];
  const userinfo = scheme.startsWith("sip") ? (/^([^@]*)@/.exec(rest)?.[1] ?? "").replace(/:.*$/s, "") : rest;
  const [user = "", ...params] = userinfo.split(";");
  return { user: user.trim(), params };
}

const withoutSeparators = (text: string): string => text.replace(/[\s\p{Pd}().\u2212/]/gu, "");

/** Whether a number that is no international one is meant to be read here: RFC 3966 says so by phone-context. */
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

/** An international number, without the `(0)` that stands in `+49 (0)30` for who calls from inside the country. */
function whole(digits: string, { country, national }: Numbering): string | undefined {
  const isDoubled = national === "0" && country !== "" && digits.startsWith(`${country}0`);
  const number = isDoubled ? country + digits.slice(country.length).replace(/^0+/, "") : digits;
  const form = number.startsWith("1") ? NORTH_AMERICAN : INTERNATIONAL;
  return form.test(number) ? `+${number}` : undefined;
}

/** Whether a national number is whole without a prefix: where there is none, and the ten digits of North America. */
const hasNoPrefix = (number: string, { country, national }: Numbering): boolean =>
  number.length >= SHORTEST_LOCAL && (national === "" || (country === "1" && /^[2-9]\d{9}$/.test(number)));
