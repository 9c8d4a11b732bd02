/**
 * Where an SDP would have media sent: the hosts of c=, a=rtcp and a=candidate (RFC 8866 §5.7, RFC 3605, RFC 8839 §5.1).
 *
 * Rule: it is read line by line and not as a description, so that nothing which another reader might find in it is passed over.
 */

/** By the type of the line: where its host stands. */
const HOSTS: readonly RegExp[] = [
  /^c=IN[ \t]+IP[46][ \t]+([^\s/]+)/gim,
  /^a=rtcp:\d+[ \t]+IN[ \t]+IP[46][ \t]+([^\s/]+)/gim,
  /^a=candidate:\S+[ \t]+\d+[ \t]+\S+[ \t]+\d+[ \t]+(\S+)[ \t]/gim,
];

/** All of them, each once. */
export const mediaHostsIn = (sdp: string): readonly string[] => [
  ...new Set(HOSTS.flatMap((line) => [...sdp.matchAll(line)].map(([, host = ""]) => host))),
];
