/**
 * Connections that trunks have made, by the port that each trunk listens at: for our requests that go there.
 *
 * RFC 5923 §8.2, §9.2: who has made the connection names the port in the Via of its requests, and asks for this by `alias`. Rules: only who has shown
 * the certificate of a trunk is believed that; a connection leads to the address that it comes from, whatever else the Via says. Bound: one alias a
 * connection; of two connections of a trunk that name the same port the newer one counts.
 */
export class Aliases<Connection> {
  readonly #byKey = new Map<string, Connection>();
  readonly #keys = new Map<Connection, string>();

  get(key: string): Connection | undefined {
    return this.#byKey.get(key);
  }

  set(connection: Connection, key: string): void {
    if (this.#keys.get(connection) !== key) this.forget(connection);
    this.#keys.set(connection, key);
    this.#byKey.set(key, connection);
  }

  forget(connection: Connection): void {
    const key = this.#keys.get(connection);
    this.#keys.delete(connection);
    if (key !== undefined && this.#byKey.get(key) === connection) this.#byKey.delete(key);
  }
}
