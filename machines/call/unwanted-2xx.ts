/** Actions for a 2xx that the call does not continue with: every 2xx needs an ACK (RFC 3261 §13.2.2.4). */
import { given } from "../given.ts";

/** An answer that crosses our CANCEL, or accepts only removed contents: `ending` hangs up its dialog. */
export const takeTheAnswer = [given("remember the dialog"), given("send ACK")] as const;

/** An answer of another fork: that fork is hung up, and the call continues. */
export const hangUpThatFork = [given("send ACK"), given("send BYE (to that fork)")] as const;
