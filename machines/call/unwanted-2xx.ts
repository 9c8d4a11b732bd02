/** The actions for a 2xx that the call does not continue with: every 2xx is acknowledged (RFC 3261 §13.2.2.4). */
import { given } from "../given.ts";

/** An answer that crosses our CANCEL or accepts only what was removed: its dialog is hung up by `ending`. */
export const takeTheAnswer = [given("remember the dialog"), given("send ACK")] as const;

/** An answer of another fork: hung up by itself, while the call goes on. */
export const hangUpThatFork = [given("send ACK"), given("send BYE (to that fork)")] as const;
