/** Certificate authorities and certificates, made by openssl in a temporary folder: valid, expired, and from other authorities. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolder } from "./folders.ts";
import { notInstalled } from "./programs.ts";

export const noOpenssl = notInstalled("openssl", "openssl");

/** PEM files, and their texts. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly cert: string;
  readonly keyText: string;
}

export class Authority {
  readonly folder: string;
  readonly ca: string;
  readonly caText: string;
  readonly #key: string;

  constructor(folder: string = makeFolder("ca"), name = "ca", by?: Authority) {
    this.folder = folder;
    this.ca = join(folder, `${name}.pem`);
    this.#key = join(folder, `${name}.key`);
    if (by === undefined)
      run(["req", "-x509", ...NEW_KEY, "-keyout", this.#key, "-out", this.ca, "-days", "2", "-subj", `/CN=${name}`]);
    else by.#sign(name, ["basicConstraints=critical,CA:true", "keyUsage=keyCertSign"]);
    this.caText = readFileSync(this.ca, "utf8");
  }

  /** An authority signed by this one. */
  authority(name: string): Authority {
    return new Authority(this.folder, name, this);
  }

  /** A certificate with these names, such as `DNS:a.example, URI:sip:b.example`; expired yesterday if `isOld`. */
  sign(file: string, names: string, isOld = false): Pair {
    return this.#sign(file, [`subjectAltName=${names}`], isOld);
  }

  #sign(file: string, extensions: readonly string[], isOld = false): Pair {
    const [certificate, key, asked, more] = ["pem", "key", "csr", "ext"].map((end) =>
      join(this.folder, `${file}.${end}`),
    ) as [string, string, string, string];
    run(["req", ...NEW_KEY, "-keyout", key, "-out", asked, "-subj", `/CN=${file}`]);
    writeFileSync(more, `${extensions.join("\n")}\n`);
    const by = ["-CA", this.ca, "-CAkey", this.#key, "-CAcreateserial", "-extfile", more];
    run(["x509", "-req", "-in", asked, "-out", certificate, ...by, "-days", isOld ? "-1" : "2"]);
    return { certificate, key, cert: readFileSync(certificate, "utf8"), keyText: readFileSync(key, "utf8") };
  }

  remove(): void {
    removeFolder(this.folder);
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function run(options: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync(["openssl", ...options], { stderr: "pipe", stdout: "ignore" });
  if (!success) throw new Error(`openssl ${options.join(" ")}: ${stderr.toString()}`);
}
