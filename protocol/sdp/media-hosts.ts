/**
 * The hosts that an SDP names as media destinations: in c=, a=rtcp and a=candidate (RFC 8866 §5.7, RFC 3605, RFC 8839 §5.1).
 *
 * Rule: the text is searched line by line rather than parsed, so that no host is missed that a more lenient parser would find.
 */

/** A pattern for each type of line; the group is the host. */
const HOSTS: readonly RegExp[] = [
  /^c=IN[ \t]+IP[46][ \t]+([^\s/]+)/gim,
  /^a=rtcp:\d+[ \t]+IN[ \t]+IP[46][ \t]+([^\s/]+)/gim,
  /^a=candidate:\S+[ \t]+\d+[ \t]+\S+[ \t]+\d+[ \t]+(\S+)[ \t]/gim,
];

/** All hosts, each once. */
export const mediaHostsIn = (sdp: string): readonly string[] => [
  ...new Set(HOSTS.flatMap((line) => [...sdp.matchAll(line)].map(([, host = ""]) => host))),
];
