/** A Jingle action from a device to a call, and the refusal of one without a call. */
import type { Element } from "@xmpp/xml";
import { Refusal } from "../../protocol/refusal.ts";
import type { LiveChart } from "../live-chart.ts";

/** What a device says by an action, and to which chart. */
export interface Said {
  readonly chart: LiveChart;
  readonly jingle: Element;
  readonly device: string;
}

/** Both look the same from outside: no such session, and a session of somebody else. */
export const unknownSession = new Refusal(
  "no such session",
  { status: 481 },
  { condition: "item-not-found", type: "cancel", detail: "unknown-session" },
);
