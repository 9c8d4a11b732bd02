/**
 * The certificates and keys of trunks, read from the files that `ca`, `certificate` and `key` name.
 *
 * Rules: they are read at the start and when SIGHUP comes; what cannot be read, or is no certificate or key, or do not belong together, is
 * one line that names the key; nothing of a key is shown. Whether a certificate is of its time is told where it is used.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { TRUNKS } from "./trunk-options.ts";
import type { TrunkConfig } from "./trunks.ts";
import { ConfigError, codeOf, written } from "./words.ts";

/** In PEM. */
export interface TrunkFiles {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

type Key = keyof TrunkFiles;
const KEYS: readonly Key[] = ["ca", "certificate", "key"];

/** By the names of the trunks. `read` gives the text of a file, or rejects. */
export async function readTrunkFiles(
  trunks: readonly TrunkConfig[],
  read: (file: string) => Promise<string>,
): Promise<ReadonlyMap<string, TrunkFiles>> {
  const wrong: string[] = [];
  const files = await Promise.all(
    trunks.map(async (trunk) => {
      const found: Partial<Record<Key, string>> = {};
      for (const key of KEYS.filter((each) => trunk[each] !== "")) {
        const told = await readOne(key, trunk[key], read);
        if ("why" in told) wrong.push(`[${TRUNKS}${trunk.name}] ${key} ${written(trunk[key])} ${told.why}`);
        else found[key] = told.text;
      }
      if (!isPair(found)) wrong.push(`[${TRUNKS}${trunk.name}] key is not the key of certificate`);
      return [trunk.name, found] as const;
    }),
  );
  if (wrong.length > 0) throw new ConfigError(wrong);
  return new Map(files);
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

/** Whether a text is what its option asks for; of several certificates each one. */
function isRead(key: Key, text: string): boolean {
  try {
    if (key === "key") return createPrivateKey(text).type === "private";
    const all = text.match(CERTIFICATE) ?? [];
    return all.length > 0 && all.every((each) => new X509Certificate(each).subject !== undefined);
  } catch {
    return false;
  }
}

function isPair({ certificate, key }: TrunkFiles): boolean {
  if (certificate === undefined || key === undefined) return true;
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}
