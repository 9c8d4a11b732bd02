/** The options of the XMPP side: `[xmpp]` of the configuration. */

export interface XmppConfig {
  /** `gateway`: users dial `number@domain`. `intercept`: their server hands over their calls (integrations/). */
  readonly mode: "gateway" | "intercept";
  readonly host: string;
  readonly port: number;
  /** The component's domain. */
  readonly domain: string;
  readonly secret: string;
  /** The domains whose users are served. */
  readonly hosts: readonly string[];
  /** Whether video is announced. */
  readonly video: boolean;
  /** The group in the users' rosters that callers are put into; without one, none are. */
  readonly callerGroup?: string;
}
