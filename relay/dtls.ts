/**
 * The keys toward the user: a DTLS association by werift, authenticated by the fingerprint in the SDP (RFC 5763, RFC 5764).
 *
 * Rules: SRTP_AES128_CM_HMAC_SHA1_80 only, which all clients have; the user's certificate must match a fingerprint of its description,
 * and the handshake must be signed with its key (possession.ts), else there are no keys; of each keying message only the first
 * counts, which is the signed one; datagrams that come before the ICE pair is nominated are stored and read then. Bounds: `MOST_EARLY`
 * stored datagrams, and `MOST_BYTES` read per association, since werift stores all fragments of a message that never becomes complete.
 */
import { createHash } from "node:crypto";
import { CipherContext, DtlsClient, DtlsServer, HashAlgorithm, NamedCurveAlgorithm, SignatureAlgorithm } from "werift";
import type { Transport } from "../protocol/media/media.ts";
import { isSignedByPeer } from "./possession.ts";
import { Srtp } from "./srtp.ts";

const MOST_EARLY = 8;
/** A handshake takes some 3,000 bytes, and again for each retransmission. */
const MOST_BYTES = 100_000;
/** Certificate, ServerKeyExchange, CertificateVerify, ClientKeyExchange (RFC 5246 §7.4). */
const KEYING: ReadonlySet<number> = new Set([11, 12, 15, 16]);
const AES128_CM_SHA1_80 = 1;
const [KEY, SALT] = [16, 14];
/** Hash functions for fingerprints that are secure (RFC 8122 §5). */
const HASHES: Readonly<Record<string, string>> = { "sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512" };

export type DtlsRole = "client" | "server";

export interface Certificate {
  readonly options: { readonly cert: string; readonly key: string; readonly signatureHash: SignatureHash };
  readonly fingerprint: Transport["fingerprints"][number];
}
type SignatureHash = NonNullable<NonNullable<ConstructorParameters<typeof DtlsServer>[0]>["signatureHash"]>;

/** Creates the certificate of this process. */
export async function makeCertificate(): Promise<Certificate> {
  const signatureHash: SignatureHash = { hash: HashAlgorithm.sha256_4, signature: SignatureAlgorithm.ecdsa_3 };
  const made = await CipherContext.createSelfSignedCertificateWithKey(signatureHash, NamedCurveAlgorithm.secp256r1_23);
  const der = Buffer.from(made.certPem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  return {
    options: { cert: made.certPem, key: made.keyPem, signatureHash },
    fingerprint: { hash: "sha-256", value: fingerprintOf(der, "sha256") },
  };
}

export interface DtlsNeeds {
  readonly role: DtlsRole;
  readonly certificate: Certificate;
  /** The fingerprints of the user's description. */
  readonly fingerprints: Transport["fingerprints"];
  readonly send: (bytes: Uint8Array) => void;
  readonly connected: (keys: { readonly ours: Srtp; readonly theirs: Srtp }) => void;
  readonly failed: (why: string) => void;
}

/** The socket interface that werift expects; it sets `onData`. */
interface Wire {
  readonly type: "udp";
  readonly address: object;
  readonly send: (bytes: Buffer) => Promise<void>;
  readonly close: () => Promise<void>;
  onData?: (bytes: Buffer) => void;
}

export class Dtls {
  readonly #needs: DtlsNeeds;
  readonly #socket: DtlsClient | DtlsServer;
  readonly #wire: Wire;
  #early: Uint8Array[] = [];
  #state: "waiting" | "open" | "done" = "waiting";
  #left = MOST_BYTES;

  constructor(needs: DtlsNeeds) {
    this.#needs = needs;
    const transport: Wire = {
      type: "udp",
      address: {},
      send: async (bytes) => needs.send(bytes),
      close: async () => {},
    };
    this.#wire = transport;
    const options = {
      ...needs.certificate.options,
      transport: transport as unknown as ConstructorParameters<typeof DtlsServer>[0]["transport"],
      srtpProfiles: [AES128_CM_SHA1_80] as const satisfies number[] as [1],
      extendedMasterSecret: true,
    };
    const isServer = needs.role === "server";
    this.#socket = isServer ? new DtlsServer({ ...options, certificateRequest: true }) : new DtlsClient(options);
    takeOnce(this.#socket);
    this.#socket.onConnect.subscribe(() => this.#connected());
    this.#socket.onError.subscribe((error) => this.#failed(error.message));
  }

  get role(): DtlsRole {
    return this.#needs.role;
  }

  /** Called once the path to the user is open. */
  start(): void {
    if (this.#state !== "waiting") return;
    this.#state = "open";
    if (this.#socket instanceof DtlsClient) this.#socket.connect().catch((error) => this.#failed(String(error)));
    for (const bytes of this.#early) this.received(bytes);
    this.#early = [];
  }

  received(bytes: Uint8Array): void {
    if (this.#state !== "waiting") this.#read(bytes);
    else if (this.#early.length < MOST_EARLY) this.#early.push(bytes);
  }

  /** COMPAT werift 0.25.2: a datagram that is not DTLS throws. */
  #read(bytes: Uint8Array): void {
    this.#left -= bytes.length;
    if (this.#left < 0) return;
    try {
      this.#wire.onData?.(Buffer.from(bytes));
    } catch {
      // dropped, like an invalid record (RFC 6347 §4.1.2.7)
    }
  }

  /** Handled once: werift reports it again when a lost last flight is retransmitted. */
  #connected(): void {
    if (this.#state === "done") return;
    this.#state = "done";
    const { remoteCertificate: certificate } = this.#socket;
    if (!certificate || !this.#isExpected(certificate)) return this.#needs.failed("the certificate is not the user's");
    if (!isSignedByPeer(this.#socket, certificate, this.role))
      return this.#needs.failed("the handshake is not signed by the user");
    if (this.#socket.srtp.srtpProfile !== AES128_CM_SHA1_80) return this.#needs.failed("no SRTP profile in common");
    const keys = this.#socket.extractSessionKeys(KEY, SALT);
    const srtp = (key: Uint8Array, salt: Uint8Array): Srtp => new Srtp({ key, salt, tag: 10 });
    this.#needs.connected({
      ours: srtp(keys.localKey, keys.localSalt),
      theirs: srtp(keys.remoteKey, keys.remoteSalt),
    });
  }

  #failed(why: string): void {
    if (this.#state === "done") return;
    this.#state = "done";
    this.#needs.failed(why);
  }

  /** RFC 8122 §5: one matching fingerprint with a secure hash is enough. */
  #isExpected(certificate: Uint8Array): boolean {
    return this.#needs.fingerprints.some(({ hash, value }) => {
      const algorithm = HASHES[hash];
      return algorithm !== undefined && fingerprintOf(certificate, algorithm) === value.toUpperCase();
    });
  }
}

/**
 * COMPAT werift 0.25.2: it derives keys from the last key exchange, but stores the first one, which possession.ts checks: an attacker
 * on the path could add its own after the user's. Even a retransmitted one results in other keys.
 */
function takeOnce(socket: DtlsClient | DtlsServer): void {
  const taken = new Set<number>();
  const take = socket.onHandleHandshakes;
  socket.onHandleHandshakes = (messages) => {
    const fresh = messages.filter(({ msg_type }) => !taken.has(msg_type));
    for (const { msg_type } of fresh) if (KEYING.has(msg_type)) taken.add(msg_type);
    return take(fresh);
  };
}

const fingerprintOf = (der: Uint8Array, algorithm: string): string =>
  (createHash(algorithm).update(der).digest("hex").toUpperCase().match(/../g) ?? []).join(":");
