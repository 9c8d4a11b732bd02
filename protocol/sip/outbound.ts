/**
 * A registration that goes by a connection: what the REGISTER says of it, and what the answer asks for.
 *
 * RFC 5626 §4.1 (instance), §4.2 (reg-id), §4.4.1 (Flow-Timer, who answers keep-alives), RFC 3608 §5 (Service-Route). Rules: the instance is
 * the same after a restart, so that the registrar replaces the old binding; a route that cannot be read, or that is no
 * loose one, is none. Bound: `MOST_ROUTES`. Path (RFC 3327) is the registrar's own affair: we say that we know of it.
 */
import { attempt, Refusal } from "../refusal.ts";
import { header, readNameAddr, values } from "./fields.ts";
import type { Response } from "./message.ts";
import { isLoose, readUri } from "./uri.ts";

const MOST_ROUTES = 8;

/** Extensions that a REGISTER by a connection announces. */
export const OUTBOUND = "path, outbound";

/** Our instance as a Contact parameter: a UUID (RFC 9562 §5.8) of 32 hexadecimal digits that no other gateway has. */
export function flowParams(digits: string): string {
  const uuid = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
  return `;+sip.instance="<urn:uuid:${uuid}>";reg-id=1`;
}

/** What a registrar says of keeping its flow alive. */
export interface FlowTerms {
  /** Seconds after which it takes a silent flow for lost, if it says so. */
  readonly timer?: number;
  /** Whether it has promised to answer empty lines. */
  readonly answers: boolean;
}

export function flowTermsOf(response: Response): FlowTerms {
  const said = header(response, "Flow-Timer");
  const timer = said !== undefined && /^\d{1,6}$/.test(said) && Number(said) > 0 ? Number(said) : undefined;
  const required = values(response, "Require").some((tag) => tag.toLowerCase() === "outbound");
  return { ...(timer === undefined ? {} : { timer }), answers: required || timer !== undefined };
}

/** The routes that our requests outside dialogs shall take. */
export function serviceRoutesOf(response: Response): string[] {
  return values(response, "Service-Route").filter(isRoute).slice(0, MOST_ROUTES);
}

function isRoute(value: string): boolean {
  const loose = attempt(() => {
    const { uri } = readNameAddr(value);
    return readUri(uri).host !== "" && isLoose(uri);
  });
  return !(loose instanceof Refusal) && loose;
}
