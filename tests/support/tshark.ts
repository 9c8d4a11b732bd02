/** tshark, which reads captures. */
import { notInstalled } from "./programs.ts";

/** Why it is not run, if it is not. */
export const noTshark = notInstalled("tshark", "tshark");
