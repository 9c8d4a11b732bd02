/** Why the relay does not do what it is asked for; the text goes to the gateway. */
export class RelayError extends Error {
  override readonly name = "RelayError";
}
