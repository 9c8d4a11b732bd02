/** What a test asks of the connections of a page (connections.ts). */

export interface Wish {
  readonly policy?: "balanced" | "max-compat" | "max-bundle";
  readonly video?: boolean;
  readonly data?: boolean;
  /** Layers of a simulcast that it offers. */
  readonly layers?: readonly string[];
}

export interface Connections {
  make(name: string, wish: Wish): void;
  /** Its offer with all candidates, after a change. */
  offer(name: string, change?: Change): Promise<string>;
  /** Takes an offer, and gives its answer with all candidates. */
  answer(name: string, offer: string, change?: Change): Promise<string>;
  /** Takes an answer. */
  take(name: string, answer: string): Promise<void>;
}

/** What it does before it speaks; to refuse a video, its answer is given port 0 on the way out. */
export type Change = "hold" | "resume" | "restart" | "stop video" | "add video" | "refuse video";
