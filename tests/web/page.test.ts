/** The page that is committed is the one that is written, small, and of nobody else. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildPage } from "../../web/page/build.ts";

const page = join(import.meta.dir, "../../web/page");
const read = (file: string): string => readFileSync(join(page, "dist", file), "utf8");
const FILES = ["index.html", "page.js", "page.css", "icon.svg", "inter.woff2"];

test("page/dist is what is written: if not, `npm run page`", async () => {
  for (const [name, text] of Object.entries(await buildPage())) expect(read(name) === text).toBe(true);
  for (const name of ["index.html", "icon.svg"]) expect(read(name)).toBe(readFileSync(join(page, name), "utf8"));
  const font = createRequire(import.meta.url).resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");
  expect(readFileSync(join(page, "dist/inter.woff2")).equals(readFileSync(font))).toBe(true);
});

test("the whole page is under 300 kB", () => {
  const sizes = FILES.map((file) => gzipSync(readFileSync(join(page, "dist", file))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
});

test("nothing comes from another host, and nothing is inline", () => {
  const addresses = FILES.slice(0, 4).flatMap((file) => read(file).match(/https?:\/\/[^"'`\s)]+/g) ?? []);
  expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
  expect(read("index.html")).not.toMatch(/<style|style=|<script(?![^>]*src=)| on\w+=/);
});

test("no text is made into markup", () => {
  expect(read("page.js")).not.toMatch(/insertAdjacentHTML|document\.write|outerHTML|\beval\(|new Function/);
});
