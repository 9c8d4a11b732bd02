/** TypeScript as tokens, by its compiler's own scanner: what a file imports and which globals it uses, comments and strings aside. */
import { SyntaxKind } from "typescript/unstable/ast";
import { createScanner } from "typescript/unstable/ast/scanner";

interface Token {
  readonly kind: SyntaxKind;
  readonly text: string;
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/** After these a slash divides; after anything else it begins a regular expression. */
const VALUES = new Set([SyntaxKind.Identifier, SyntaxKind.NumericLiteral, SyntaxKind.StringLiteral]);
/** A slash that may begin a regular expression, whose first character may be `=`. */
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

/** What a text imports, in whatever way: by `from`, for its effects, as a type, when it runs. `?` where only running would tell. */
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

/** The names in a text that are no member of another, and no key. */
export function namesOf(text: string): string[] {
  const tokens = tokensOf(text);
  return tokens.flatMap(({ kind, text }, at) => {
    const [before, next] = [tokens[at - 1]?.text ?? "", tokens[at + 1]?.text];
    const isMember = before === "." || before === "?.";
    return kind === SyntaxKind.Identifier && !isMember && !(next === ":" && before !== "?") ? [text] : [];
  });
}
