/** A chart as a nested list, for screens too small for a drawing; page.css shows one of the two. */
import { phaseOf } from "../../journal/view.ts";
import type { LayoutNode } from "../layout/layout.ts";

/** Appearance of a leaf state: lit or not, and a note: the step that entered it, or how many calls did. */
export interface Look {
  readonly isOn: boolean;
  readonly number: string | undefined;
}

export function Outline({ nodes, look }: { nodes: readonly LayoutNode[]; look: (node: LayoutNode) => Look }) {
  const inside = (id: string): LayoutNode[] =>
    nodes.filter((node) => !node.dot && node.id !== id && node.id.slice(0, -node.key.length - 1) === id);
  const isOn = (node: LayoutNode): boolean => look(node).isOn || inside(node.id).some((inner) => isOn(inner));
  const show = (node: LayoutNode) => {
    const inner = inside(node.id);
    const phase = phaseOf(node.id);
    if (inner.length > 0) {
      return (
        <section key={node.id} class={`${phase} ${isOn(node) ? "on" : ""}`}>
          <h2>{node.key}</h2>
          {inner.map(show)}
        </section>
      );
    }
    const { isOn: isLit, number } = look(node);
    return (
      <span key={node.id} class={`${phase} ${isLit ? "on" : number === undefined ? "" : "was"}`}>
        {node.key}
        {number !== undefined && <sup>{number}</sup>}
      </span>
    );
  };
  return <div id="outline">{inside("").map(show)}</div>;
}
