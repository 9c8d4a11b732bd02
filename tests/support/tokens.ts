/** TypeScript as tokens, by the compiler's scanner: the imports of a file and the globals it uses, without comments and strings. */
import { SyntaxKind } from "typescript/unstable/ast";
import { createScanner } from "typescript/unstable/ast/scanner";

interface Token {
  readonly kind: SyntaxKind;
  readonly text: string;
  /** Start and end in the text. */
  readonly start: number;
  readonly end: number;
}

/** After these a slash is a division; after anything else it begins a regular expression. */
const VALUES = new Set([SyntaxKind.Identifier, SyntaxKind.NumericLiteral, SyntaxKind.StringLiteral]);
/** Slashes that may begin a regular expression, whose first character may be `=`. */
const SLASHES = new Set([SyntaxKind.SlashToken, SyntaxKind.SlashEqualsToken]);
const CLOSINGS = new Set([")", "]", "}"]);

/** The tokens of a text. */
export function tokensOf(text: string): Token[] {
  const scanner = createScanner(true);
  scanner.setText(text);
  const tokens: Token[] = [];
  const braces: boolean[] = [];
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    const last = tokens.at(-1);
    if (SLASHES.has(kind) && !(last && (VALUES.has(last.kind) || CLOSINGS.has(last.text))))
      kind = scanner.reScanSlashToken();
    if (kind === SyntaxKind.CloseBraceToken && braces.pop()) kind = scanner.reScanTemplateToken(false);
    if (kind === SyntaxKind.OpenBraceToken) braces.push(false);
    if (kind === SyntaxKind.TemplateHead || kind === SyntaxKind.TemplateMiddle) braces.push(true);
    tokens.push({
      kind,
      text: kind === SyntaxKind.StringLiteral ? scanner.getTokenValue() : scanner.getTokenText(),
      start: scanner.getTokenStart(),
      end: scanner.getTokenEnd(),
    });
  }
  return tokens;
}

/** All imports in a text: by `from`, for side effects, of types, and dynamic ones. `?` if only known at run time. */
export function importsOf(text: string): string[] {
  const tokens = tokensOf(text);
  return tokens.flatMap(({ kind, text }, at) => {
    const [before, next, further] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]];
    const isCall = (text === "import" || text === "require") && next?.text === "(" && before?.text !== ".";
    if (isCall && kind !== SyntaxKind.StringLiteral)
      return [further?.kind === SyntaxKind.StringLiteral ? further.text : "?"];
    const isFrom = before?.text === "from" || before?.text === "import";
    return kind === SyntaxKind.StringLiteral && isFrom && before?.kind !== kind ? [text] : [];
  });
}

/** The names in a text that are neither members nor keys. */
export function namesOf(text: string): string[] {
  const tokens = tokensOf(text);
  return tokens.flatMap(({ kind, text }, at) => {
    const [before, next] = [tokens[at - 1]?.text ?? "", tokens[at + 1]?.text];
    const isMember = before === "." || before === "?.";
    return kind === SyntaxKind.Identifier && !isMember && !(next === ":" && before !== "?") ? [text] : [];
  });
}
