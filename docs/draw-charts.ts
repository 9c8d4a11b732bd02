/** npm run charts: draws every chart of the catalogue into docs/charts. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../machines/catalogue.ts";
import { drawChart } from "../web/drawing.ts";

const folder = join(import.meta.dirname, "charts");
mkdirSync(folder, { recursive: true });
for (const [name, machine] of Object.entries(catalogue)) {
  writeFileSync(join(folder, `${name}.md`), drawChart(machine));
  console.log(`docs/charts/${name}.md`);
}
