/**
 * Names of SIP header fields: compact forms are expanded, any case becomes the registered spelling.
 *
 * RFC 3261 §7.3.1 (case), §7.3.3 and §20 (compact forms); RFC 3515, 3892, 4028, 4538, 5626, 6665, 7315, 8224 for later ones. An
 * unknown name stays unchanged.
 */

const registered = `Accept Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Authentication-Info Authorization
 Call-ID Call-Info Contact Content-Disposition Content-Encoding Content-Language Content-Length Content-Type CSeq Date
 Diversion Error-Info Event Expires Flow-Timer From Geolocation History-Info Identity Info-Package In-Reply-To Max-Forwards
 MIME-Version Min-Expires Min-SE Organization P-Access-Network-Info P-Asserted-Identity P-Called-Party-ID
 P-Preferred-Identity Path Priority
 Privacy Proxy-Authenticate Proxy-Authorization Proxy-Require RAck Reason Record-Route Recv-Info Refer-To Referred-By
 Remote-Party-ID Replaces Reply-To Require Retry-After Route RSeq Server Service-Route Session-Expires Session-ID Subject
 Subscription-State Supported Timestamp To Unsupported User-Agent Via Warning WWW-Authenticate`;

const compact = {
  a: "Accept-Contact",
  b: "Referred-By",
  c: "Content-Type",
  d: "Request-Disposition",
  e: "Content-Encoding",
  f: "From",
  i: "Call-ID",
  j: "Reject-Contact",
  k: "Supported",
  l: "Content-Length",
  m: "Contact",
  o: "Event",
  r: "Refer-To",
  s: "Subject",
  t: "To",
  u: "Allow-Events",
  v: "Via",
  x: "Session-Expires",
  y: "Identity",
};

const names = new Map<string, string>(Object.entries(compact));
for (const name of [...registered.split(/\s+/), ...Object.values(compact)])
  names.set(name, name).set(name.toLowerCase(), name);

/** Fields that a response copies from its request (RFC 3261 §8.2.6.2). */
export const COPIED: ReadonlySet<string> = new Set(["Via", "From", "To", "Call-ID", "CSeq"]);

const token = /^[A-Za-z0-9!%'*+._`~-]+$/;

const spellings = new Set(names.values());

/** Whether this is the registered spelling of a known name. */
export function isRegistered(name: string): boolean {
  return spellings.has(name);
}

/** Whether a text is a token (RFC 3261 §25.1). */
export function isToken(text: string): boolean {
  return token.test(text);
}

/** The registered spelling of a name; an unknown name unchanged; undefined if it is no valid name. */
export function canonicalName(name: string): string | undefined {
  return names.get(name) ?? names.get(name.toLowerCase()) ?? (token.test(name) ? name : undefined);
}
