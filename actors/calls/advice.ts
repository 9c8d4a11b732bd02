/** Advice in the log for failed calls that an operator can fix; docs/troubleshooting.md explains each failure. */
export const advice = {
  noResponse: "check whether the SIP proxy runs and answers: proxy_host, proxy_port, transport, local_host",
  unreachable: "check whether the SIP proxy can be reached: proxy_host, proxy_port, transport",
  tls: "see docs/providers.md, By TLS: transport, ca, certificate and key of the trunk",
  relay:
    "check whether the relay of [media] runs: rtpengine with listen-ng in its configuration, or relay.process.ended in the log",
  account: "the proxy wants credentials: [sip] username, password and realm",
  notAllowed: "if this host may begin calls, add it to [sip] allow",
  notServed: "if these users may call, add their domain to [xmpp] hosts",
  overloaded: "more calls come than this machine can set up: a second gateway, or a faster machine (docs/deploy.md)",
  offline: "the user has no client online that accepts calls",
  nobody: "the number or address in To and Request-URI is not a user of [xmpp] hosts",
} as const;
