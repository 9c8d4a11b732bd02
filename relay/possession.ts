/**
 * Whether a DTLS handshake was signed with the key of the peer's certificate (RFC 5246 §7.4.3, §7.4.8; RFC 8422 §5.4).
 *
 * COMPAT werift 0.25.2: it parses both signatures and verifies neither, so an attacker with a copy of a certificate, which is sent
 * in the clear, would pass for its owner. Rules: a server signs its key exchange, a client all messages before its
 * CertificateVerify; an unknown algorithm is an invalid signature.
 */
import { constants, createPublicKey, type KeyObject, verify, X509Certificate } from "node:crypto";
import type { DtlsClient, DtlsServer } from "werift";

type DtlsSocket = DtlsClient | DtlsServer;

const SERVER_KEY_EXCHANGE = 12;
const CERTIFICATE_VERIFY = 15;
/** By the code points of RFC 8446 §4.2.3, which include the pairs of RFC 5246. */
const HASHES: Readonly<Record<number, string>> = {
  1025: "sha256",
  1281: "sha384",
  1537: "sha512",
  1027: "sha256",
  1283: "sha384",
  1539: "sha512",
  2052: "sha256",
  2053: "sha384",
  2054: "sha512",
};

/** `role` is ours. */
export function isSignedByPeer(socket: DtlsSocket, certificate: Uint8Array, role: "client" | "server"): boolean {
  try {
    const key = createPublicKey(new X509Certificate(certificate).publicKey.export({ type: "spki", format: "pem" }));
    return role === "client" ? isSignedByServer(socket, key) : isSignedByClient(socket, key);
  } catch {
    return false;
  }
}

function isSignedByClient({ dtls }: DtlsSocket, key: KeyObject): boolean {
  const messages = dtls.sortedHandshakeCache;
  const at = messages.findIndex(({ msg_type }) => msg_type === CERTIFICATE_VERIFY);
  const signature = messages[at]?.fragment;
  if (!signature) return false;
  const transcript = Buffer.concat(messages.slice(0, at).map((message) => message.serialize()));
  return isSignature(signature, transcript, key);
}

/** The signed part: the server's curve and point, preceded by both randoms. */
function isSignedByServer({ dtls, cipher }: DtlsSocket, key: KeyObject): boolean {
  const exchange = dtls.sortedHandshakeCache.find(({ msg_type }) => msg_type === SERVER_KEY_EXCHANGE)?.fragment;
  if (!exchange) return false;
  const length = 4 + (exchange[3] ?? 0);
  const signed = Buffer.concat([
    cipher.localRandom.serialize(),
    cipher.remoteRandom.serialize(),
    exchange.subarray(0, length),
  ]);
  return isSignature(exchange.subarray(length), signed, key);
}

/** Verifies a digitally-signed struct: algorithm, length, signature. */
function isSignature(bytes: Buffer, signed: Buffer, key: KeyObject): boolean {
  const scheme = bytes.readUInt16BE(0);
  const signature = bytes.subarray(4, 4 + bytes.readUInt16BE(2));
  const hash = HASHES[scheme];
  if (hash === undefined) return false;
  const padding =
    scheme >> 8 === 8 ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return verify(hash, signed, { key, ...padding }, signature);
}
