/**
 * Whether a certificate is of a SIP domain: RFC 5922 §7.1, §7.2.
 *
 * Rules: what counts is the domain that was looked up, never the host that SRV has led to; a certificate with `URI:sip:domain`
 * names has these alone, else its DNS names, else, without any subjectAltName, its common name; a SIP URI with a user is the name
 * of a person. Unlike §7.2, a DNS name may begin with `*.`, which stands for one label, where we have looked the domain up: Twilio has no other
 * certificates for the domains of its customers. Who connects to us is known by whole names alone, since the `*` is all customers.
 */
import { isIP } from "node:net";

/** A certificate as node:tls tells of it; `DNS:a.example, URI:sip:b.example, IP Address:192.0.2.1`. */
export interface Named {
  readonly subjectaltname?: string | undefined;
  readonly subject?: { readonly CN?: string | string[] | undefined } | undefined;
}

/** Why a certificate is not of this domain, in words; undefined where it is. */
export function identityFault(domain: string, certificate: Named, mayBeWild = true): string | undefined {
  const own = normal(domain);
  const { kind, names } = namesOf(certificate, isIP(own) !== 0);
  if (names.some((name) => name === own || (mayBeWild && isUnder(own, name, kind)))) return undefined;
  const shown = names.slice(0, 3).join(", ").slice(0, 200);
  return shown === "" ? `its certificate has no name` : `its certificate is of ${shown}, not of ${own}`;
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

/** The names of a subjectAltName; what is in quotes holds a comma or worse, and is no name of a host. */
const entriesOf = (text: string): (readonly [kind: string, value: string])[] =>
  [...text.matchAll(/([A-Z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(
    ([, kind = "", value = ""]) => [kind, value] as const,
  );

/** The domain that a SIP URI names. */
function hostOf(uri: string): string[] {
  const [, host] = /^sip:(?!.*@)(\[[^\]]*\]|[^:;?"]+)/.exec(uri) ?? [];
  return host === undefined ? [] : [host.replace(/^\[|\]$/g, "")];
}

function isUnder(domain: string, name: string, kind: Kind): boolean {
  return kind === "DNS" && /^\*\.[^*]+\.[^*]+$/.test(name) && domain.replace(/^[^.]+/, "*") === name;
}

const normal = (name: string): string => name.toLowerCase().replace(/\.$/, "");
