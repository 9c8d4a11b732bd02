/**
 * Registration over a connection: the outbound parameters of the REGISTER and of its response.
 *
 * RFC 5626 §4.1 (instance), §4.2 (reg-id), §4.4.1 (Flow-Timer, keep-alives), RFC 3608 §5 (Service-Route). Rules: the instance stays
 * the same after a restart, so that the registrar replaces the old binding; a route that cannot be read or is not loose is
 * ignored. Bound: `MOST_ROUTES`. Path (RFC 3327) is only announced; it concerns the registrar.
 */
import { attempt, Refusal } from "../refusal.ts";
import { header, readNameAddr, values } from "./fields.ts";
import type { Response } from "./message.ts";
import { isLoose, readUri } from "./uri.ts";

const MOST_ROUTES = 8;

/** Extensions announced by a REGISTER over a connection. */
export const OUTBOUND = "path, outbound";

/** Our instance as a Contact parameter: a UUID (RFC 9562 §5.8) from 32 hexadecimal digits unique to this gateway. */
export function flowParams(digits: string): string {
  const uuid = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
  return `;+sip.instance="<urn:uuid:${uuid}>";reg-id=1`;
}

/** The registrar's parameters for keeping the flow alive. */
export interface FlowTerms {
  /** Flow-Timer: seconds after which it considers a silent flow dead, if sent. */
  readonly timer?: number;
  /** Whether it promises to answer keep-alives (empty lines). */
  readonly answers: boolean;
}

export function flowTermsOf(response: Response): FlowTerms {
  const said = header(response, "Flow-Timer");
  const timer = said !== undefined && /^\d{1,6}$/.test(said) && Number(said) > 0 ? Number(said) : undefined;
  const required = values(response, "Require").some((tag) => tag.toLowerCase() === "outbound");
  return { ...(timer === undefined ? {} : { timer }), answers: required || timer !== undefined };
}

/** The routes for our requests outside dialogs. */
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
