/**
 * SDP for phones that speak plain RTP, whose media go by a relay: what they are told, and what is asked of the relay.
 *
 * RFC 3264, RFC 3551, RFC 4568 (SDES). Rules: nothing of the user goes to such a phone: of what the relay writes only lines
 * that plain RTP needs are passed on, so neither candidate, ufrag, fingerprint, msid, ssrc, extmap, mid nor any attribute that
 * nobody has thought of; of keys only the suites that every phone has; audio alone, while every other m-line keeps its place with
 * port 0 (RFC 3264 §6).
 */

/** The attributes that plain RTP needs, and those of its keys. */
const KEPT = new Set("rtpmap fmtp ptime maxptime sendrecv sendonly recvonly inactive rtcp crypto".split(" "));
/** Lines of other types that stay. */
const LINES = new Set("vosctm");
/** The suites of RFC 4568 that all phones and providers have. */
const SUITE = /^a=crypto:\d+ AES_CM_128_HMAC_SHA1_(?:80|32) /;

/** Whether a browser cannot talk to the writer of this SDP by itself: it has no ICE, or no DTLS-SRTP. */
export const isPlain = (sdp: string): boolean => !/^a=ice-ufrag:/m.test(sdp) || !/^a=fingerprint:/m.test(sdp);

/** What of a relay's SDP goes to the phone. */
export function plainOf(sdp: string): string {
  return sectionsOf(sdp)
    .flatMap((lines) => lines.filter((line) => isKept(line, isRefused(lines))))
    .map((line) => `${line}\r\n`)
    .join("");
}

function isKept(line: string, refused: boolean): boolean {
  if (!line.startsWith("a=")) return LINES.has(line[0] ?? "") && line[1] === "=";
  return !refused && KEPT.has(/^a=([\w-]+)/.exec(line)?.[1] ?? "");
}

/** The SDP with its audio alone, and of its keys the suites that we take, if it has one of them. */
export function audioOf(sdp: string): string {
  return sectionsOf(sdp)
    .flatMap((lines) => (isAudio(lines) || !isMedia(lines) ? withoutOtherSuites(lines) : refused(lines)))
    .map((line) => `${line}\r\n`)
    .join("");
}

/** The protocol of the first audio that is not refused, such as RTP/SAVP. */
export function audioProtocolOf(sdp: string): string | undefined {
  const audio = sectionsOf(sdp).find((lines) => isAudio(lines) && !isRefused(lines));
  return audio?.[0]?.split(" ")[2];
}

/** Whether there is a codec to talk with: an audio with another format than those of keys. */
export function hasVoice(sdp: string): boolean {
  return sectionsOf(sdp).some((lines) => {
    const [, , , ...formats] = (lines[0] ?? "").split(" ");
    const keys = lines.flatMap((line) => /^a=rtpmap:(\d+) telephone-event\//i.exec(line)?.[1] ?? []);
    return isAudio(lines) && !isRefused(lines) && formats.some((format) => format !== "" && !keys.includes(format));
  });
}

/** The lines of the session, then those of each m-line. */
function sectionsOf(sdp: string): string[][] {
  const lines = sdp.split(/\r\n|\n|\r/).filter((line) => line !== "");
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith("m=")) sections.push([line]);
    else sections.at(-1)?.push(line);
  }
  return sections;
}

const isMedia = ([first = ""]: readonly string[]): boolean => first.startsWith("m=");
const isAudio = ([first = ""]: readonly string[]): boolean => first.startsWith("m=audio ");
const isRefused = ([first = ""]: readonly string[]): boolean => /^m=\S+ 0[ /]/.test(first);

/** Only its m-line, with port 0. */
const refused = ([first = ""]: readonly string[]): string[] => [first.replace(/^(m=\S+) \d+(?:\/\d+)?/, "$1 0")];

function withoutOtherSuites(lines: readonly string[]): readonly string[] {
  const isOther = (line: string): boolean => line.startsWith("a=crypto:") && !SUITE.test(line);
  return lines.some((line) => SUITE.test(line)) ? lines.filter((line) => !isOther(line)) : lines;
}
