/** Shared by all SVG files: colours for light and dark, and escaped text. */

export const PALETTE = `
  svg { --bg: #f4f5f8; --ink: #1a1e29; --soft: #586174; --edge: #a3abbb; --node: #fff; --node-line: #c3c9d6; --line: #e1e4eb;
    --asking: #4353d8; --asking-tint: #eef0fd; --up: #0f7b4f; --up-tint: #e9f6ef; --ending: #a45a00; --ending-tint: #fdf3e4; --over: #5b6474; --over-tint: #eef0f3; --bad: #c2263a; }
  @media (prefers-color-scheme: dark) { svg { --bg: #0c0f15; --ink: #e8ebf2; --soft: #98a3b6; --edge: #5d687c; --node: #1a202b; --node-line: #3a4456; --line: #252c39;
    --asking: #93a0ff; --asking-tint: #171c30; --up: #4fd39a; --up-tint: #12221c; --ending: #f0b35c; --ending-tint: #251f14; --over: #a9b3c4; --over-tint: #1a202b; --bad: #ff8a97; } }
  .asking { --hue: var(--asking); --tint: var(--asking-tint); } .up { --hue: var(--up); --tint: var(--up-tint); }
  .ending { --hue: var(--ending); --tint: var(--ending-tint); } .over { --hue: var(--over); --tint: var(--over-tint); }
  text { font: 500 12px Inter, ui-sans-serif, system-ui, sans-serif; fill: var(--ink); }
  .paper { fill: var(--bg); }`;

/** A text for XML: markup is escaped, and characters not allowed in XML are dropped. */
export const escaped = (text: string): string =>
  text
    .replace(
      /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      "",
    )
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
