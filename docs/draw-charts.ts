/** npm run charts: draws every chart of the catalogue into docs/charts: words and Mermaid, a picture, and the places of its boxes. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../machines/catalogue.ts";
import { writeChartSvg } from "../web/chart-svg.ts";
import { drawChart } from "../web/drawing.ts";
import { layoutOf } from "../web/layout/layout.ts";

const folder = join(import.meta.dirname, "charts");
mkdirSync(folder, { recursive: true });
for (const [name, machine] of Object.entries(catalogue)) {
  const layout = layoutOf(machine);
  writeFileSync(join(folder, `${name}.md`), drawChart(machine));
  writeFileSync(join(folder, `${name}.svg`), writeChartSvg(layout, `The chart of ${name}`));
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(layout)}\n`);
  console.log(`docs/charts/${name}.md, .svg, .json`);
}
