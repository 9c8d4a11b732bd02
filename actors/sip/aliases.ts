/**
 * Connections opened by trunks, by the port at which each trunk listens: for our requests to that port.
 *
 * RFC 5923 §8.2, §9.2: the opener states the port in the Via of its requests, and asks for reuse by `alias`. Rules: only peers with
 * the certificate of a trunk may ask; the connection is used for its own remote address only, whatever else the Via says. Bound: one alias
 * per connection; of two connections of a trunk with the same port the newer one counts.
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
