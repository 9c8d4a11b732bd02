/** Why the relay does not do what it is asked for; the text goes to the gateway. */
export class RelayError extends Error {
  override readonly name = "RelayError";
}

/** An address of the configuration cannot be bound, by the system's code. */
export class UnboundAddress extends Error {
  readonly address: string;
  readonly code: string;

  constructor(address: string, code: string) {
    super(`${address}: ${code}`);
    this.address = address;
    this.code = code;
  }
}
