/**
 * Ports between the SIP stack and its transaction user: the requests and responses passed up, and the stack's questions.
 *
 * RFC 3261 §5 (transaction user), §13.3.1.4 (the ACK to a 2xx), §9.2 (CANCEL). Rules: each request is passed up once, since the
 * stack absorbs retransmissions; the dialog of a request is looked up once, by `dialogOf`, which returns the owner of the dialog.
 */
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";

/** An incoming request, and the function that responds to it. */
export interface ServerTransaction {
  readonly request: Request;
  readonly source: Destination;
  readonly id: string;
  respond(response: Response): void;
}

/** A destination written by a peer, not by the configuration. */
export interface Named {
  /** The peer that wrote it; limits the names looked up for it. */
  readonly peer: string;
  /** Whether the peer may make us send to this address of the destination. */
  mayLead(to: Destination): boolean;
  /** The destination used if it may not, or if there is no address. */
  readonly otherwise: Destination;
}

/** Which destinations and sources of a peer are accepted; the port for calls (reach.ts). */
export interface ReachPort {
  /** `[sip] strict`: no message inside a dialog is accepted from elsewhere, not even a BYE. */
  readonly strict: boolean;
  /** Whether a message to this destination goes to the proxy. */
  isProxy(to: Destination): boolean;
  /** Whether a message from this source was forwarded by the proxy. */
  isPassedOn(source: Destination): boolean;
  /** Whether its host is configured: the proxy, or `[sip] allow`. */
  isTrusted(source: Destination): boolean;
  /** Whether a peer whose messages come from these hosts may make us send there. */
  mayLead(to: Destination, heard: readonly string[]): boolean;
  /** Whether a request from this source may set this next hop; otherwise it is refused. */
  mayName(hop: Destination, source: Destination): boolean;
}

/** Why there is no response: none came in time, the request could not be sent, or the media relay failed. */
export type NoResponse = "timeout" | "unreachable" | "unrelayed";

/** Callbacks for an outgoing request: responses, time-out, transport failure. */
export interface ClientHandlers {
  /** Every provisional, every 2xx with its retransmissions and forks, and one other final response. */
  response(response: Response, source: Destination): void;
  /** `words` gives the reason if more is known. */
  failed(why: NoResponse, words?: string): void;
  /** False if the INVITE is no longer wanted; checked if it had to wait before it could be sent. */
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
  /** Whether a BYE waits for the ACK or its timeout: then both are reported even after the end of the call. */
  readonly holdsBye: boolean;
  acknowledged(ack: Request): void;
  unacknowledged(): void;
  cancelled(): void;
}

/** The receiver of the requests inside one dialog. */
export interface DialogUser {
  /** A new request inside the dialog that has passed the checks of RFC 3261 §8.2; never ACK or CANCEL. */
  request(request: Request, transaction: ServerTransaction): void;
  /** Whether an ACK inside the dialog is accepted from this source; otherwise it is dropped. */
  takesAck(ack: Request, source: Destination): boolean;
  /** Whether an offer from this source would be accepted, so that it may be passed to a media relay first. */
  takesOffer(request: Request, source: Destination): boolean;
}

/** The stack, as a call uses it. */
export interface SipPort {
  /** The actual port. */
  readonly port: number;
  /** Whether a destination can be reached: over a connection opened by the other side only as long as that is open. */
  isOpen(to: Destination): boolean;
  /** Sends a request; the Via is added. With the branch of a request that an earlier gateway sent it is a retransmission of that. */
  send(request: Request, to: Destination, on: ClientHandlers, named?: Named, branch?: string): ClientTransaction;
  /** Recreates the transaction of a request that an earlier gateway received, and that has no final response, or no ACK, yet. */
  takeUp(request: Request, source: Destination): ServerTransaction;
  /** Cancels an INVITE that has had a provisional response (RFC 3261 §9.1). */
  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void;
  /** Sends the ACK to a 2xx; call it for each copy of the 2xx (RFC 3261 §13.2.2.4). */
  acknowledge(ack: Request, to: Destination, named?: Named): void;
}

/** The keep-alive of a flow (RFC 5626 §4.4.1). */
export interface Kept {
  /** Milliseconds between two keep-alives; 0 for none. */
  readonly every: number;
  /** Whether the other side has promised to answer keep-alives. */
  readonly answers: boolean;
  /** The flow is lost; called once. */
  lost(why: string): void;
}

/** The stack, as a registration uses it in addition to its requests. */
export interface FlowPort {
  /** Keeps the flow to a destination alive, and reports its loss; the returned function cancels that. */
  keep(to: Destination, kept: Kept): () => void;
}

/** The user of the stack: the owner of all calls. */
export interface SipUser {
  /** The owner of the dialog of a request with a To tag; if undefined, the request gets 481 and is not passed up. */
  dialogOf(request: Request): DialogUser | undefined;
  /** A new request outside dialogs that has passed the checks of RFC 3261 §8.2; never ACK or CANCEL. */
  request(request: Request, transaction: ServerTransaction): void;
  /** An INVITE outside dialogs that failed the checks, with its response; called for each copy. */
  refused(request: Request, source: Destination, response: Response): void;
  /** A CANCEL for an INVITE without a final response; the response to the CANCEL itself is the stack's. */
  cancelled(transaction: ServerTransaction, cancel: Request): void;
  /** The ACK to our 2xx, passed up once; the request of a transaction with a final response no longer has its body. */
  acknowledged(transaction: ServerTransaction, ack: Request): void;
  /** 64*T1 have passed without the ACK to our 2xx. */
  unacknowledged(transaction: ServerTransaction): void;
}
