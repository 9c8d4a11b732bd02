/**
 * npm run page: bundles the page into web/page/dist, which is committed: operators build nothing.
 *
 * A test rebuilds and compares it. The font is copied from its package (OFL).
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const here = import.meta.dirname;
const FONT = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";

/** The bundled files, as text by name. */
export async function buildPage(): Promise<Readonly<Record<"page.js" | "page.css", string>>> {
  const built = await Bun.build({ entrypoints: [join(here, "main.tsx")], target: "browser", minify: true });
  const [script] = built.outputs;
  if (!built.success || !script) throw new AggregateError(built.logs, "the page cannot be built");
  const style = await Bun.file(join(here, "page.css")).text();
  return { "page.js": await script.text(), "page.css": style };
}

if (import.meta.main) {
  const folder = join(here, "dist");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(await buildPage())) writeFileSync(join(folder, name), text);
  for (const name of ["index.html", "icon.svg"]) copyFileSync(join(here, name), join(folder, name));
  copyFileSync(createRequire(import.meta.url).resolve(FONT), join(folder, "inter.woff2"));
  console.log("web/page/dist");
}
