/**
 * The certificates and keys of trunks, and of our own listener, read from the files that `ca`, `certificate` and `key` name.
 *
 * Rules: they are read at the start and on SIGHUP; a file that cannot be read, that is no certificate or key, or a key that does not
 * match its certificate, is a one-line error that names the option; nothing of a key is shown. Left out: whether a certificate is valid
 * today, which is checked where it is used.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { TRUNKS } from "./trunk-options.ts";
import { ConfigError, codeOf, written } from "./words.ts";

/** The contents of the files, in PEM. */
export interface TlsFiles {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

type Key = keyof TlsFiles;
/** The file names, or "". */
type Named = Readonly<Record<Key, string>>;
const KEYS: readonly Key[] = ["ca", "certificate", "key"];

/** The files of one section, with the errors about them. */
interface FilesRead {
  readonly section: string;
  readonly files: TlsFiles;
  readonly wrong: readonly string[];
}

/** The contents of the files: of the trunks by their names, and of our own listener. */
export interface AllTlsFiles {
  readonly trunkFiles: ReadonlyMap<string, TlsFiles>;
  readonly sipFiles: TlsFiles;
}

/** Reads all files. `read` returns the text of a file, or rejects. Throws a `ConfigError` with every fault. */
export async function readTlsFiles(
  { trunks, sip }: { readonly trunks: readonly (Named & { readonly name: string })[]; readonly sip: Named },
  read: (file: string) => Promise<string>,
): Promise<AllTlsFiles> {
  const own = await readAll("sip", sip, read);
  const ofTrunks = await Promise.all(trunks.map((trunk) => readAll(`${TRUNKS}${trunk.name}`, trunk, read)));
  const wrong = [own, ...ofTrunks].flatMap((each) => each.wrong);
  if (wrong.length > 0) throw new ConfigError(wrong);
  return { sipFiles: own.files, trunkFiles: new Map(ofTrunks.map(({ section, files }) => [nameOf(section), files])) };
}

const nameOf = (section: string): string => section.slice(TRUNKS.length);

async function readAll(section: string, named: Named, read: (file: string) => Promise<string>): Promise<FilesRead> {
  const wrong: string[] = [];
  const files: Partial<Record<Key, string>> = {};
  for (const key of KEYS.filter((each) => named[each] !== "")) {
    const told = await readOne(key, named[key], read);
    if ("why" in told) wrong.push(`[${section}] ${key} ${written(named[key])} ${told.why}`);
    else files[key] = told.text;
  }
  if (!isPair(files)) wrong.push(`[${section}] key is not the key of certificate`);
  return { section, files, wrong };
}

/** Conflicts between the options of our own listener. */
export function wrongSecure(
  { certificate, key, ca, tlsPort }: Named & { readonly tlsPort: number },
  { listenPort }: { readonly listenPort: number },
): string[] {
  if ((certificate === "") !== (key === "")) return ["certificate and key need each other"];
  if (certificate === "")
    return ca === "" ? [] : ["ca is for callers over TLS: without certificate and key there are none"];
  return tlsPort === listenPort && tlsPort !== 0
    ? [`tls_port ${tlsPort} is the listen_port of TCP: choose another`]
    : [];
}

async function readOne(
  key: Key,
  file: string,
  read: (file: string) => Promise<string>,
): Promise<{ readonly text: string } | { readonly why: string }> {
  try {
    const text = await read(file);
    return isRead(key, text) ? { text } : { why: `has no ${key === "key" ? "private key" : "certificate"} in PEM` };
  } catch (error) {
    return { why: `cannot be read (${codeOf(error)})` };
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Whether a text is what its option requires; of several certificates every one must parse. */
function isRead(key: Key, text: string): boolean {
  try {
    if (key === "key") return createPrivateKey(text).type === "private";
    const all = text.match(CERTIFICATE) ?? [];
    return all.length > 0 && all.every((each) => new X509Certificate(each).subject !== undefined);
  } catch {
    return false;
  }
}

function isPair({ certificate, key }: TlsFiles): boolean {
  if (certificate === undefined || key === undefined) return true;
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}
