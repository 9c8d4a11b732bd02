/** Why the relay refuses a command; the text is sent to the gateway. */
export class RelayError extends Error {
  override readonly name = "RelayError";
}

/** A configured address that cannot be bound, with the system's code. */
export class UnboundAddress extends Error {
  readonly address: string;
  readonly code: string;

  constructor(address: string, code: string) {
    super(`${address}: ${code}`);
    this.address = address;
    this.code = code;
  }
}
