/** A Jingle action from a device to a call, and the refusal of one without a call. */
import type { Element } from "@xmpp/xml";
import { Refusal } from "../../protocol/refusal.ts";
import type { LiveChart } from "../live-chart.ts";

/** An action: its device, and the chart it is for. */
export interface Said {
  readonly chart: LiveChart;
  readonly jingle: Element;
  readonly device: string;
}

/** No such session, and another user's session: alike to the outside. */
export const unknownSession = new Refusal(
  "no such session",
  { status: 481 },
  { condition: "item-not-found", type: "cancel", detail: "unknown-session" },
);
