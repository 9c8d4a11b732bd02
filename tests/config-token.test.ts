/** The token of the window: as an option, or in a file of its own. */
import { expect, test } from "bun:test";
import { readToken } from "../config/token.ts";
import type { Config } from "../config.ts";

const web = (more: Partial<Config["web"]>): Config["web"] => ({
  ...{ host: "127.0.0.1", port: 8080, token: "", tokenFile: "", journal: 64 },
  ...more,
});
const LONG = "0123456789abcdef";
const holding = (text: string) => async (): Promise<string> => text;
const missing = async (): Promise<string> => {
  throw Object.assign(new Error("no"), { code: "ENOENT" });
};

test("without a file it is the option", async () => {
  expect(await readToken(web({ token: "t" }), missing)).toBe("t");
  expect(await readToken(web({}), missing)).toBe("");
});

// proves: G21
test("a file holds it on one line", async () => {
  expect(await readToken(web({ tokenFile: "/run/t" }), holding(`${LONG}\n`))).toBe(LONG);
});

test.each([
  ["is not there", missing, {}, '[web] token_file "/run/t" cannot be read (ENOENT)'],
  ["is empty", holding("\n"), {}, '[web] token_file "/run/t" must hold the token: one line, without blanks'],
  ["has more", holding("s3cret b"), {}, '[web] token_file "/run/t" must hold the token: one line, without blanks'],
  ["is short", holding("0123456789abcde\n"), {}, '[web] token_file "/run/t" must hold 16 characters or more'],
  ["is beside a token", holding("a"), { token: "b" }, "[web] token_file and token exclude each other"],
])("a file that %s is an error that does not show it", async (_, read, more, error) => {
  const told = readToken(web({ tokenFile: "/run/t", ...more }), read);
  await expect(told).rejects.toThrow(error);
});
