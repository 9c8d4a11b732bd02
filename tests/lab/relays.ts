/** The media relays that the lab's tests run with: Debian's rtpengine, and our own. */
import { NG } from "./lab.ts";
import type { NgRelay } from "./ng-relay.ts";
import { GatewaysRelay, OWN_MEDIA, OwnRelay } from "./own-relay.ts";
import { Rtpengine } from "./rtpengine.ts";

export const RELAYS: readonly { readonly relay: string; readonly make: () => NgRelay }[] = [
  { relay: "rtpengine", make: () => new Rtpengine() },
  { relay: "our own relay", make: () => new OwnRelay() },
];

/** The same as sections of a gateway's configuration: our own relay is the gateway's to start. */
export const MEDIA_SECTIONS: readonly {
  readonly relay: string;
  readonly media: string;
  readonly make: () => NgRelay;
}[] = [
  { relay: "rtpengine", media: `[media]\nrtpengine = ["${NG}"]\n`, make: () => new Rtpengine() },
  { relay: "our own relay", media: OWN_MEDIA, make: () => new GatewaysRelay() },
];
