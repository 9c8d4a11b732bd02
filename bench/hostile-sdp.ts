/**
 * SDP designed to be expensive, for tests and benches: each shape has one list of the grammar of arbitrary length. `length` is about
 * the number of characters in the list; the cost of reading it, and the size of the output, must not grow faster.
 */
const HEAD = "v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\ns=-\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\n";
const AUDIO = "m=audio 9 RTP/AVP 0\r\n";
const FORMATS = Array.from({ length: 128 }, (_, id) => id);
const ALL = `m=audio 9 RTP/AVP ${FORMATS.join(" ")}\r\n${FORMATS.map((id) => `a=rtpmap:${id} a/1\r\n`).join("")}`;
export const FINGERPRINT = `sha-256 ${Array(16).fill("AB").join(":")}`;
const ICE = `a=ice-ufrag:u\r\na=ice-pwd:p\r\n`;
const LONG_MID = "m".repeat(128);

/** Repeats the text to about `length` characters; `{}` is replaced by the number of the copy. */
export const filled = (length: number, text: string): string => {
  const count = Math.floor(length / text.length);
  return text.includes("{}")
    ? Array.from({ length: count }, (_, at) => text.replace("{}", `${at}`)).join("")
    : text.repeat(count);
};

/** Lines of maximum length, each with the same beginning and then one repeated item. */
function longLines(length: number, begin: string, item: string): string {
  const line = `${begin}${item.repeat(Math.floor(Math.min(4_000, length) / item.length))}\r\n`;
  return line.repeat(Math.max(1, Math.floor(length / line.length)));
}

/** A part for each payload type, so that none exceeds its own bound. */
const forEachFormat = (most: number, length: number, begin: string, item: string): string =>
  FORMATS.slice(0, Math.ceil(length / 100))
    .map((id) => `${begin.replace("{}", `${id}`)}${item.repeat(most)}\r\n`)
    .join("");

export type Shape = readonly [name: string, text: (length: number) => string];

/** SDP, list by list: one list past every bound, and lists within theirs. */
export const HOSTILE_SDP: readonly Shape[] = [
  ["fmtp lines", (length) => HEAD + ALL + filled(length, "a=fmtp:0 a\r\n")],
  ["parameters of a line", (length) => HEAD + ALL + longLines(length, "a=fmtp:0 ", ";a=b")],
  ["parameters without a value", (length) => HEAD + ALL + forEachFormat(63, length, "a=fmtp:{} a", ";a")],
  ["parameters that are escaped", (length) => HEAD + ALL + forEachFormat(63, length, "a=fmtp:{} '", ";'")],
  ["a parameter of quotes", (length) => HEAD + ALL + longLines(length, "a=fmtp:0 ", "'")],
  ["empty parameters", (length) => HEAD + ALL + longLines(length, "a=fmtp:0 ", ";")],
  ["blanks in parameters", (length) => HEAD + ALL + longLines(length, "a=fmtp:0 x", " ")],
  ["rtcp-fb lines", (length) => HEAD + ALL + filled(length, "a=rtcp-fb:* a\r\n")],
  ["rtcp-fb of each format", (length) => HEAD + ALL + filled(length, "a=rtcp-fb:{} a\r\n")],
  ["words of rtcp-fb", (length) => HEAD + ALL + forEachFormat(64, length, "a=rtcp-fb:{} a b", " '")],
  ["a few words of rtcp-fb", (length) => HEAD + ALL + forEachFormat(8, length, "a=rtcp-fb:{} a b", " '")],
  ["blanks in rtcp-fb", (length) => HEAD + ALL + longLines(length, "a=rtcp-fb:0 a", " ")],
  ["rtpmap lines", (length) => HEAD + ALL + filled(length, "a=rtpmap:0 a/1\r\n")],
  ["slashes in rtpmap", (length) => HEAD + ALL + longLines(length, "a=rtpmap:0 a", "/")],
  ["blanks in rtpmap", (length) => HEAD + ALL + longLines(length, "a=rtpmap:0", " ")],
  ["payload types", (length) => HEAD + longLines(length, "m=audio 9 RTP/AVP", " 0")],
  ["payload types by name", (length) => HEAD + filled(length, ALL)],
  ["formats of refused lines", (length) => HEAD + AUDIO + longLines(length, "m=image 0 udptl", " t38")],
  ["blanks in an m-line", (length) => HEAD + longLines(length, "m=audio 9 RTP/AVP", " ")],
  ["m-lines", (length) => HEAD + filled(length, AUDIO)],
  ["m-lines and their mids", (length) => HEAD + filled(length, `${AUDIO}a=mid:{}\r\n`)],
  ["m-lines of one mid", (length) => HEAD + filled(length, `${AUDIO}a=mid:x\r\n`)],
  ["m-lines with ICE of the session", (length) => HEAD + ICE + filled(length, AUDIO)],
  ["mids", (length) => HEAD + AUDIO + filled(length, "a=mid:{}\r\n")],
  ["candidates", (length) => HEAD + AUDIO + ICE + filled(length, "a=candidate:1 1 udp 1 1.1.1.1 {} typ host\r\n")],
  [
    "candidates of the session",
    (length) => HEAD + ICE + filled(length, "a=candidate:1 1 udp 1 1.1.1.1 {} typ host\r\n") + AUDIO.repeat(32),
  ],
  [
    "candidates of the session, long mids",
    (length) =>
      HEAD +
      ICE +
      filled(Math.min(length, 2_600), "a=candidate:1 1 udp 1 1.1.1.1 {} typ host\r\n") +
      filled(length, `${AUDIO}a=mid:${LONG_MID}\r\n`),
  ],
  [
    "words of a candidate",
    (length) => HEAD + AUDIO + ICE + longLines(length, "a=candidate:1 1 udp 1 1.1.1.1 1 typ host", " a b"),
  ],
  [
    "candidates that are none",
    (length) => HEAD + AUDIO + ICE + longLines(length, "a=candidate:1 1 udp 1 1.1.1.1 1 typ host", " a"),
  ],
  ["extmap lines", (length) => HEAD + AUDIO + filled(length, "a=extmap:1 u\r\n")],
  ["extmap of the session", (length) => HEAD + filled(length, "a=extmap:1 u\r\n") + AUDIO.repeat(32)],
  ["words of extmap", (length) => HEAD + AUDIO + filled(length, `a=extmap:{} u${" '".repeat(8)}\r\n`)],
  ["attributes of one extmap", (length) => HEAD + AUDIO + longLines(length, "a=extmap:1 u", " a")],
  ["sources", (length) => HEAD + AUDIO + filled(length, "a=ssrc:{} a\r\n")],
  ["attributes of one source", (length) => HEAD + AUDIO + filled(length, "a=ssrc:1 a\r\n")],
  ["attributes of sources", (length) => HEAD + AUDIO + filled(length, "a=ssrc:1 a:'\r\n")],
  ["source groups", (length) => HEAD + AUDIO + filled(length, "a=ssrc-group:FID {}\r\n")],
  ["one source group", (length) => HEAD + AUDIO + longLines(length, "a=ssrc-group:FID", " 1 2 3 4 5 6")],
  ["sources of a group", (length) => HEAD + AUDIO + longSourceGroups(length)],
  ["groups", (length) => HEAD + filled(length, "a=group:BUNDLE audio\r\n") + AUDIO],
  ["names of groups", (length) => HEAD + longLines(length, "a=group:BUNDLE", " audio audio-2") + AUDIO.repeat(32)],
  ["full groups", (length) => HEAD + fullGroups(length) + AUDIO.repeat(32)],
  ["crypto", (length) => HEAD + AUDIO + filled(length, "a=crypto:1 s k\r\n")],
  ["fingerprints", (length) => HEAD + AUDIO + filled(length, `a=fingerprint:${FINGERPRINT}\r\n`)],
  [
    "fingerprints of the session",
    (length) => HEAD + filled(length, `a=fingerprint:${FINGERPRINT}\r\n`) + AUDIO.repeat(32),
  ],
  ["streams", (length) => HEAD + AUDIO + filled(length, "a=msid:{} a\r\n")],
  ["bandwidth", (length) => HEAD + AUDIO + filled(length, "b=AS:1\r\n")],
  ["unknown lines", (length) => HEAD + AUDIO + filled(length, "a=x:{}\r\n")],
  ["empty lines", (length) => HEAD + AUDIO + filled(length, "\n")],
  ["sections of full codecs", (length) => HEAD + fullSections(length, 60, "a=fmtp:{} ", "a=b;", 63)],
  ["sections of dense codecs", (length) => HEAD + fullSections(length, 60, "a=fmtp:{} ", "';", 63)],
  [
    "sections of static codecs",
    (length) => HEAD + filled(Math.min(length, 2_400), `m=audio 9 RTP/AVP ${STATIC.join(" ")}\r\n`),
  ],
  ["sections of feedback", (length) => HEAD + fullSections(length, 60, "a=rtcp-fb:{} a b", " c", 64)],
  [
    "sections of candidates",
    (length) =>
      HEAD +
      ICE +
      filled(length, AUDIO + filled(2_800, "a=candidate:1 1 udp 1 1.1.1.1 {} typ host\r\n")).slice(0, 32 * 2_900),
  ],
  [
    "sections of sources",
    (length) => HEAD + filled(length, AUDIO + filled(1_000, "a=ssrc:{} '\r\n")).slice(0, 32 * 1_020),
  ],
  [
    "sections of extensions",
    (length) => HEAD + filled(length, AUDIO + filled(900, "a=extmap:1 u\r\n")).slice(0, 32 * 920),
  ],
  ["one line", (length) => `${HEAD}${AUDIO}a=fmtp:0 ${"x".repeat(length)}\r\n`],
  ["ice options", (length) => HEAD + AUDIO + ICE + longLines(length, "a=ice-options:", " {}")],
];

const STATIC = [0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 25, 26, 28, 31, 32, 33, 34];

/** Up to 32 sections, each with `codecs` codecs that have one line of items each. */
function fullSections(length: number, codecs: number, begin: string, item: string, most: number): string {
  const ids = FORMATS.slice(0, codecs);
  const lines = ids.map((id) => `a=rtpmap:${id} a/1\r\n${begin.replace("{}", `${id}`)}${item.repeat(most)}\r\n`);
  const section = `m=audio 9 RTP/AVP ${ids.join(" ")}\r\n${lines.join("")}`;
  return section.repeat(Math.max(1, Math.min(32, Math.floor(length / section.length))));
}

function longSourceGroups(length: number): string {
  const ids = Array.from({ length: Math.min(1_000, Math.ceil(length / 4)) }, (_, at) => at % 1_000);
  const line = `a=ssrc-group:FID ${ids.join(" ")}\r\n`;
  return line.repeat(Math.max(1, Math.min(64, Math.floor(length / line.length))));
}

function fullGroups(length: number): string {
  const names = ["audio", ...Array.from({ length: 31 }, (_, at) => `audio-${at + 2}`)];
  return `a=group:G ${names.join(" ")}\r\n`.repeat(Math.min(16, Math.ceil(length / 300)));
}

/** Lines of a list, with the most that are likely to be accepted. */
export const HOSTILE_LINES: readonly (readonly [line: string, most: number])[] = [
  ["m=a 9 A 0", 32],
  ["m=audio 9 RTP/AVP 0 3 4 5 6 7 8 9 10", 32],
  [`a=mid:${LONG_MID}`, 1],
  ["a=candidate:1 1 udp 1 1.1.1.1 {} typ host", 64],
  ["a=extmap:1 u", 64],
  ["a=extmap:1 u '", 64],
  ["a=ssrc:{} '", 64],
  ["a=ssrc:1 a:'", 400],
  ["a=ssrc-group:F {}", 64],
  ["a=rtcp-fb:* a", 64],
  ["a=rtcp-fb:0 a b ' ' ' '", 64],
  ["a=fmtp:0 '", 64],
  ["a=fmtp:0 ';';';';';';';';';';';';';';';'", 4],
  [`a=fingerprint:${FINGERPRINT}`, 8],
  ["a=crypto:1 s '", 16],
  ["a=msid:{}", 16],
  ["b=A:1", 16],
  ["a=group:B audio audio-2 audio-3", 16],
];

/** SDP with `count` lines of each list, one list after the other. */
export function ofLines(lists: readonly { readonly line: string; readonly count: number }[]): string {
  const lines = lists.map(({ line, count }) => filled(count * (line.length + 2), `${line}\r\n`));
  return [HEAD, ICE, ...lines, AUDIO].join("");
}
