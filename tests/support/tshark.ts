/** tshark, for reading captures. */
import { notInstalled } from "./programs.ts";

/** Why its tests are skipped, if they are. */
export const noTshark = notInstalled("tshark", "tshark");
