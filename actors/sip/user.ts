/**
 * Ports between the SIP stack and its transaction user: the requests and responses that the stack hands up, and its questions.
 *
 * RFC 3261 §5 (transaction user), §13.3.1.4 (the ACK to a 2xx), §9.2 (CANCEL). Rules: each request comes once, since the stack absorbs
 * retransmissions; the dialog of a request is looked up once, by `dialogOf`, which returns the owner of the dialog.
 */
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";

/** An incoming request, and how to respond to it. */
export interface ServerTransaction {
  readonly request: Request;
  readonly source: Destination;
  readonly id: string;
  respond(response: Response): void;
}

/** A destination that a peer has written, and not the configuration. */
export interface Named {
  /** Who has written it, for a bound on the names that are looked up for it. */
  readonly peer: string;
  /** Whether the peer may have us send to this address of it. */
  mayLead(to: Destination): boolean;
  /** Where the request goes when it may not, or when there is no address. */
  readonly otherwise: Destination;
}

/** How far what a peer has written is followed, as a call asks it (reach.ts). */
export interface ReachPort {
  /** `[sip] strict`: nothing inside a dialog comes from elsewhere, its end neither. */
  readonly strict: boolean;
  /** Whether what is sent there goes to the proxy. */
  isProxy(to: Destination): boolean;
  /** Whether a message from there is one that the proxy has passed on. */
  isPassedOn(source: Destination): boolean;
  /** Whether the configuration names its host: the proxy, or `[sip] allow`. */
  isTrusted(source: Destination): boolean;
  /** Whether somebody whose messages come from these hosts may have us send there. */
  mayLead(to: Destination, heard: readonly string[]): boolean;
  /** Whether a message from there may name this as the next hop, so that it need not be refused. */
  mayName(hop: Destination, source: Destination): boolean;
}

/** Why there is no response: none came in time, the request could not be sent, or the media relay did not do its part. */
export type NoResponse = "timeout" | "unreachable" | "unrelayed";

/** Callbacks for an outgoing request: responses, time-out, transport failure. */
export interface ClientHandlers {
  /** Every provisional, every 2xx with its retransmissions and forks, and one other final response. */
  response(response: Response, source: Destination): void;
  /** `words` says more of it where more is known. */
  failed(why: NoResponse, words?: string): void;
  /** False where nobody wants it any more; asked of an INVITE that has had to wait before it could be sent. */
  readonly isWanted?: boolean;
}

/** An outgoing request. */
export interface ClientTransaction {
  /** Its branch. */
  readonly id: string;
  readonly request: Request;
}

/** Callbacks for an incoming INVITE: ACK, timeout, CANCEL. */
export interface Awaiting {
  /** Whether a BYE waits for the ACK or its timeout: then both are told even after the end of the call. */
  readonly holdsBye: boolean;
  acknowledged(ack: Request): void;
  unacknowledged(): void;
  cancelled(): void;
}

/** Takes the requests inside one dialog. */
export interface DialogUser {
  /** A new request inside the dialog that has passed the checks of RFC 3261 §8.2; never ACK or CANCEL. */
  request(request: Request, transaction: ServerTransaction): void;
  /** Whether an ACK inside the dialog may come from there; one that may not is dropped. */
  takesAck(ack: Request, source: Destination): boolean;
  /** Whether an offer from there is looked at, so that it may be brought to a media relay before. */
  takesOffer(request: Request, source: Destination): boolean;
}

/** The stack, as a call uses it. */
export interface SipPort {
  /** The port that is really bound. */
  readonly port: number;
  /** Whether there is a way to a place: by a connection that the other side has made only as long as it is open. */
  isOpen(to: Destination): boolean;
  /** Sends a request, to which the Via is added; with the branch of one that an earlier gateway has sent it is a copy of that. */
  send(request: Request, to: Destination, on: ClientHandlers, named?: Named, branch?: string): ClientTransaction;
  /** Takes up a request, as it was read, that an earlier gateway has taken and that has no final response, or no ACK, yet. */
  takeUp(request: Request, source: Destination): ServerTransaction;
  /** Cancels an INVITE that has had a provisional response (RFC 3261 §9.1). */
  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void;
  /** Sends the ACK to a 2xx, as often as that comes (RFC 3261 §13.2.2.4). */
  acknowledge(ack: Request, to: Destination, named?: Named): void;
}

/** How a flow is kept alive (RFC 5626 §4.4.1). */
export interface Kept {
  /** Milliseconds between two keep-alives; 0 for none. */
  readonly every: number;
  /** Whether the other side has promised to answer them. */
  readonly answers: boolean;
  /** The flow is lost; told once. */
  lost(why: string): void;
}

/** The stack, as a registration uses it beside its requests. */
export interface FlowPort {
  /** Keeps the flow to a place alive, and tells of its loss; the returned function takes that back. */
  keep(to: Destination, kept: Kept): () => void;
}

/** The user of the stack: the owner of all calls. */
export interface SipUser {
  /** The dialog of a request with a To tag; without one the request is answered 481 and not told. */
  dialogOf(request: Request): DialogUser | undefined;
  /** A new request outside dialogs that has passed the checks of RFC 3261 §8.2; never ACK or CANCEL. */
  request(request: Request, transaction: ServerTransaction): void;
  /** An INVITE outside dialogs that has not passed the checks, with what it was answered; each copy is told. */
  refused(request: Request, source: Destination, response: Response): void;
  /** A CANCEL for an INVITE without a final response; the response to the CANCEL itself is the stack's. */
  cancelled(transaction: ServerTransaction, cancel: Request): void;
  /** The ACK to our 2xx, told once; the request of a transaction with a final response has no body any more. */
  acknowledged(transaction: ServerTransaction, ack: Request): void;
  /** 64*T1 have passed without the ACK to our 2xx. */
  unacknowledged(transaction: ServerTransaction): void;
}
