/**
 * Whether a certificate identifies a SIP domain: RFC 5922 §7.1, §7.2.
 *
 * Rules: the certificate must match the domain that was looked up, never the host found by SRV; `URI:sip:domain` names, if any, are the
 * only ones that count, else its DNS names, else, without any subjectAltName, its common name; a SIP URI with a user identifies a person
 * and is ignored. Unlike §7.2, a DNS name may begin with `*.`, which matches one label, if we have looked the domain up: Twilio has no
 * other certificates for the domains of its customers. Peers that connect to us are identified by whole names only, since `*` covers all
 * customers.
 */
import { isIP } from "node:net";

/** The names of a certificate as node:tls reports them: `DNS:a.example, URI:sip:b.example, IP Address:192.0.2.1`. */
export interface Named {
  readonly subjectaltname?: string | undefined;
  readonly subject?: { readonly CN?: string | string[] | undefined } | undefined;
}

/** Why a certificate does not identify this domain, in words; undefined if it does. `mayBeWild` permits `*.` names. */
export function identityFault(domain: string, certificate: Named, mayBeWild = true): string | undefined {
  const own = normal(domain);
  const { kind, names } = namesOf(certificate, isIP(own) !== 0);
  if (names.some((name) => name === own || (mayBeWild && isUnder(own, name, kind)))) return undefined;
  const shown = names.slice(0, 3).join(", ").slice(0, 200);
  return shown === "" ? `its certificate has no name` : `its certificate is for ${shown}, not for ${own}`;
}

type Kind = "URI" | "DNS" | "IP Address";

function namesOf(
  { subjectaltname, subject }: Named,
  isAddress: boolean,
): { readonly kind: Kind; readonly names: string[] } {
  const all = entriesOf(subjectaltname ?? "");
  const of = (kind: Kind): string[] => all.flatMap(([each, value]) => (each === kind ? [normal(value)] : []));
  const uris = of("URI").flatMap(hostOf);
  if (uris.length > 0) return { kind: "URI", names: uris };
  if (isAddress) return { kind: "IP Address", names: of("IP Address") };
  const common = (subjectaltname ?? "") === "" ? [subject?.CN ?? []].flat().map(normal) : [];
  return { kind: "DNS", names: [...of("DNS"), ...common] };
}

/** The names in a subjectAltName; a quoted value contains a comma or worse, and is no host name. */
const entriesOf = (text: string): (readonly [kind: string, value: string])[] =>
  [...text.matchAll(/([A-Z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(
    ([, kind = "", value = ""]) => [kind, value] as const,
  );

/** The domain of a SIP URI without a user. */
function hostOf(uri: string): string[] {
  const [, host] = /^sip:(?!.*@)(\[[^\]]*\]|[^:;?"]+)/.exec(uri) ?? [];
  return host === undefined ? [] : [host.replace(/^\[|\]$/g, "")];
}

function isUnder(domain: string, name: string, kind: Kind): boolean {
  return kind === "DNS" && /^\*\.[^*]+\.[^*]+$/.test(name) && domain.replace(/^[^.]+/, "*") === name;
}

const normal = (name: string): string => name.toLowerCase().replace(/\.$/, "");
