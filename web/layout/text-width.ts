/**
 * The width of a text in the page's font, without a browser: Inter, weight 600 (weight 500 is a little narrower).
 *
 * Advance widths in thousandths of the font size, measured in Chromium from the page's font file. Kerning is ignored: it only
 * makes a text narrower.
 */
const WIDTHS: Readonly<Record<string, number>> = {
  ...{ " ": 252, "!": 321, "&": 663, "'": 326, "(": 373, ")": 373, "*": 540, "+": 673, ",": 319, "-": 465, ".": 319 },
  ...{ "/": 379, ":": 319, _: 469, "0": 660, "1": 423, "2": 623, "3": 636, "4": 666, "5": 612, "6": 640, "7": 576 },
  ...{ "8": 640, "9": 640, A: 728, B: 659, C: 737, D: 722, E: 605, F: 588, G: 749, H: 746, I: 277, J: 580, K: 703 },
  ...{
    L: 565,
    M: 922,
    N: 759,
    O: 769,
    P: 645,
    Q: 773,
    R: 652,
    S: 650,
    T: 660,
    U: 736,
    V: 728,
    W: 1020,
    X: 720,
    Y: 713,
  },
  ...{ Z: 652, a: 574, b: 624, c: 583, d: 624, e: 591, f: 389, g: 625, h: 612, i: 262, j: 262, k: 569, l: 262, m: 900 },
  ...{ n: 612, o: 609, p: 624, q: 624, r: 397, s: 549, t: 353, u: 612, v: 587, w: 839, x: 569, y: 588, z: 566 },
};
/** The widest letter of this font. */
const WIDEST = 1_020;

/** The width in pixels at a font size in pixels. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += WIDTHS[letter] ?? WIDEST;
  return (width * size) / 1_000;
}
