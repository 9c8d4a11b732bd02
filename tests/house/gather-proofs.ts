/** npm run proofs: writes docs/proofs.md, the list of tests that prove the rows of docs/mapping.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatherProofs, writeProofs } from "../support/proofs.ts";

const docs = join(import.meta.dirname, "../../docs");
const proofs = gatherProofs(readFileSync(join(docs, "mapping.md"), "utf8"));
writeFileSync(join(docs, "proofs.md"), writeProofs(proofs));
console.log(`docs/proofs.md: ${proofs.length} proofs`);
