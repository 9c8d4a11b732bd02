/**
 * SDP for phones that use plain RTP, whose media go through a relay: filters for the phone's SDP and the relay's.
 *
 * RFC 3264, RFC 3551, RFC 4568 (SDES). Rules: the user's parameters never reach such a phone: only lines needed for plain RTP are
 * passed on from the relay's SDP, so no candidate, ufrag, fingerprint, msid, ssrc, extmap, mid or unknown attribute; only the
 * SDES suites that every phone supports; audio only: every other m-line keeps its place with port 0 (RFC 3264 §6).
 */

/** The attributes for plain RTP and SDES. */
const KEPT = new Set("rtpmap fmtp ptime maxptime sendrecv sendonly recvonly inactive rtcp crypto".split(" "));
/** The other line types that are passed on. */
const LINES = new Set("vosctm");
/** The suites of RFC 4568 that all phones and providers support. */
const SUITE = /^a=crypto:\d+ AES_CM_128_HMAC_SHA1_(?:80|32) /;

/** Whether the writer of this SDP needs a relay to talk to a browser: it lacks ICE or DTLS-SRTP. */
export const isPlain = (sdp: string): boolean => !/^a=ice-ufrag:/m.test(sdp) || !/^a=fingerprint:/m.test(sdp);

/** A relay's SDP, filtered for the phone. */
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

/** The SDP with audio only; unsupported suites are removed, if a supported one remains. */
export function audioOf(sdp: string): string {
  return sectionsOf(sdp)
    .flatMap((lines) => (isAudio(lines) || !isMedia(lines) ? withoutOtherSuites(lines) : refused(lines)))
    .map((line) => `${line}\r\n`)
    .join("");
}

/** The protocol of the first accepted audio section, such as RTP/SAVP. */
export function audioProtocolOf(sdp: string): string | undefined {
  const audio = sectionsOf(sdp).find((lines) => isAudio(lines) && !isRefused(lines));
  return audio?.[0]?.split(" ")[2];
}

/** Whether there is an audio codec: a format of an audio section other than telephone-event. */
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

/** Only the m-line, with port 0. */
const refused = ([first = ""]: readonly string[]): string[] => [first.replace(/^(m=\S+) \d+(?:\/\d+)?/, "$1 0")];

function withoutOtherSuites(lines: readonly string[]): readonly string[] {
  const isOther = (line: string): boolean => line.startsWith("a=crypto:") && !SUITE.test(line);
  return lines.some((line) => SUITE.test(line)) ? lines.filter((line) => !isOther(line)) : lines;
}
