/** The media relays that the lab's tests run with: Debian's rtpengine, and our own. */
import type { NgRelay } from "./ng-relay.ts";
import { OwnRelay } from "./own-relay.ts";
import { Rtpengine } from "./rtpengine.ts";

export const RELAYS: readonly { readonly relay: string; readonly make: () => NgRelay }[] = [
  { relay: "rtpengine", make: () => new Rtpengine() },
  { relay: "our own relay", make: () => new OwnRelay() },
];
