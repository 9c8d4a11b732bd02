/**
 * Mutated inputs: bytes, words and lines of good ones removed, duplicated, moved, taken from others, and repeated excessively.
 *
 * The random source is a parameter, so that a seed reproduces the inputs. Bound: `LONGEST` bytes.
 */

/** More than any reader accepts: inputs past a limit are tested, too. */
const LONGEST = 70_000;

/** Strings to insert: some with a special meaning somewhere, some with none. */
const ODD = [
  ..."| |\t|\r\n|\r\n\r\n|\n|:|;|=|,|/|@|<|>|\"|'|%|%00|%zz|&|&lt;|&#0;|\\|*|[|]|(|)|-|+".split("|"),
  ..."0|-1|1e9|4294967296|99999999999999999999|NaN|undefined|null|__proto__|constructor|toString|length".split("|"),
  ..."[::1]|sip:|sips:|tel:|;lr|;tag=a|SIP/2.0|m=audio 9 RTP/AVP 0|a=mid:0|a=group:BUNDLE 0|Content-Length: 5|l: 0".split(
    "|",
  ),
  ..."<a>|</a>|<a/>|<!--|-->|<![CDATA[|<?x?>|<!DOCTYPE x>|xmlns='x'|creator='initiator'|<jingle|</stream:stream>".split(
    "|",
  ),
  ..."q=|state=live|most=1|after=|é|\u202e|\u0000|\ufeff|\ud83d\ude00".split("|"),
];

type Chance = () => number;

/** A further input, made from some of these. */
export function mutated(corpus: readonly string[], chance: Chance): Uint8Array {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)] as Item;
  let text = one(corpus);
  for (let left = 1 + Math.floor(chance() * 4); left > 0; left--) text = changedOnce(text, corpus, chance);
  const bytes = Buffer.from(text.slice(0, LONGEST), "utf8");
  // invalid UTF-8
  if (chance() < 0.2 && bytes.length > 0) bytes[Math.floor(chance() * bytes.length)] = Math.floor(chance() * 256);
  return new Uint8Array(bytes);
}

function changedOnce(text: string, corpus: readonly string[], chance: Chance): string {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)] as Item;
  const [start, end] = pieceOf(text, chance);
  const [before, piece, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  const other = one(corpus);
  const ways: readonly (() => string)[] = [
    () => before + after,
    () => before + piece + piece + after,
    () => before + one(ODD) + after,
    () => before + piece + one(ODD) + after,
    () => after + piece + before,
    () => before + other.slice(...pieceOf(other, chance)) + after,
    () => before + (piece || one(ODD)).repeat(2 + Math.floor(chance() ** 4 * 5_000)).slice(0, LONGEST) + after,
    () => before + piece.toUpperCase() + after,
    () => before,
  ];
  return one(ways)();
}

/** Start and end of a random piece of a text: a character, a word, a line or any other. */
function pieceOf(text: string, chance: Chance): [start: number, end: number] {
  const at = Math.floor(chance() * text.length);
  const kind = chance();
  if (kind < 0.25) return [at, at + 1];
  if (kind < 0.5) return around(text, at, /[\s;:,=<>"'/@]/);
  if (kind < 0.8) return around(text, at, /\n/);
  return [at, at + Math.floor(chance() * (text.length - at))];
}

/** The piece around a position, up to its delimiters. */
function around(text: string, at: number, divider: RegExp): [start: number, end: number] {
  let [start, end] = [at, at];
  while (start > 0 && !divider.test(text[start - 1] ?? "")) start--;
  while (end < text.length && !divider.test(text[end] ?? "")) end++;
  return [start, Math.min(end + 1, text.length)];
}
