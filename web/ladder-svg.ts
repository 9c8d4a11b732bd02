/**
 * The ladder of a call as an SVG file: user, gateway and phone, their messages, and the states between.
 *
 * Rules: light and dark by the reader's setting; no script, no link, nothing from other hosts; every text is escaped and cut.
 * The page uses the same positions (page/ladder.tsx).
 */
import { type CallView, type MessageView, phaseOf, type StepView } from "../journal/view.ts";
import { type LadderItem, ladderOf, PLACES } from "./ladder.ts";
import { escaped, PALETTE } from "./svg.ts";

const WIDTH = 424;
const HEADS = 44;
/** Width of a letter in a capsule, in pixels. */
const LETTER = 6.1;

const STYLE = `${PALETTE}
  text { text-anchor: middle; font-size: 11px; } .head { font-weight: 600; font-size: 12px; } .when { text-anchor: end; font-size: 9px; fill: var(--soft); }
  .lane { stroke: var(--line); } .stay { stroke: var(--hue); stroke-width: 4; opacity: .55; }
  .arrow { stroke: var(--soft); } .tip { fill: var(--soft); } .bad { --hue: var(--bad); --tint: var(--bg); }
  .msg.bad .arrow { stroke: var(--bad); } .msg.bad .tip, .msg.bad text { fill: var(--bad); }
  .turn rect { fill: var(--tint); stroke: var(--hue); } .turn text { fill: var(--hue); font-weight: 600; }`;

export function writeLadderSvg(call: CallView, title: string): string {
  const { items, height } = ladderOf(call);
  const turns = items.filter((item) => item.kind === "turn");
  const [user, phone] = call.direction === "outgoing" ? [call.from, call.to] : [call.to, call.from];
  const tall = HEADS + height;
  const lanes = PLACES.map((x) => `<line class="lane" x1="${x}" y1="${HEADS - 8}" x2="${x}" y2="${tall}"/>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${tall}" width="${WIDTH}" height="${tall}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${tall}"/>`,
    ...[user, "gateway", phone].map((name, at) => headOf(PLACES[at] ?? 0, name)),
    ...lanes,
    ...turns.map(({ step, y }, at) => stayOf(call.steps[step], y, turns[at + 1]?.y ?? height - 12)),
    ...items.map((item) =>
      item.kind === "turn" ? turnOf(call.steps[item.step], item.y) : arrowOf(item, call.messages[item.message]),
    ),
    "</svg>",
    "",
  ].join("\n");
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const headOf = (x: number, name: string): string =>
  `<text class="head" x="${x}" y="24">${escaped(cut(name.split("@", 1)[0] || name, 16))}</text>`;

const hueOf = ({ after, refused }: StepView): string => (refused === undefined ? phaseOf(after[0] ?? "") : "bad");

function stayOf(step: StepView | undefined, from: number, to: number): string {
  if (step === undefined) return "";
  const x = PLACES[1];
  return `<line class="stay ${phaseOf(step.after[0] ?? "")}" x1="${x}" y1="${HEADS + from + 8}" x2="${x}" y2="${HEADS + to}"/>`;
}

function turnOf(step: StepView | undefined, y: number): string {
  if (step === undefined) return "";
  const states = step.after.map((state) => state.split(".").at(-1) ?? state).join(" · ");
  const text = cut(step.refused === undefined ? states : `⊘ ${step.event}`, 40);
  const width = text.length * LETTER + 20;
  const rect = `<rect x="${PLACES[1] - width / 2}" y="${HEADS + y}" width="${width}" height="18" rx="9"/>`;
  return `<g class="turn ${hueOf(step)}">${rect}<text x="${PLACES[1]}" y="${HEADS + y + 12.8}">${escaped(text)}</text></g>`;
}

function arrowOf({ y, when }: Extract<LadderItem, { kind: "message" }>, message: MessageView | undefined): string {
  if (message === undefined) return "";
  const { wire, out, kind, label, again } = message;
  const [left, right] = wire === "xmpp" ? [PLACES[0], PLACES[1]] : [PLACES[1], PLACES[2]];
  const isRight = (wire === "xmpp") !== out;
  const [from, to, way] = isRight ? [left, right, 1] : [right, left, -1];
  const line = HEADS + y + 15;
  const words = again > 0 ? `${cut(label, 19)} ×${again + 1}` : cut(label, 24);
  return [
    `<g class="msg ${kind}"><line class="arrow" x1="${from + way * 5}" y1="${line}" x2="${to - way * 9}" y2="${line}"/>`,
    `<path class="tip" d="M${to - way * 4} ${line}l${-way * 8} -3.4v6.8z"/>`,
    `<text x="${(left + right) / 2}" y="${line - 4}">${escaped(words)}</text>`,
    when === undefined ? "" : `<text class="when" x="42" y="${line + 2}">${escaped(when)}</text>`,
    "</g>",
  ].join("");
}
