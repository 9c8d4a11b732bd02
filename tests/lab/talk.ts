/**
 * A browser (juliet) and baresip (echo, of whatever kind), how their calls begin, and how each holds the other.
 *
 * COMPAT baresip 1.0: after any re-INVITE it hears on, but writes nothing more into its recording; so once a call has been held,
 * only the page is asked what it hears.
 */
import { expect } from "bun:test";
import { COMPONENT, DOMAIN } from "../support/prosody.ts";
import type { Baresip } from "./baresip.ts";
import type { BrowserPhone } from "./chromium.ts";
import { pageHears, pageHearsAgain, pageHearsNothing, phoneHears } from "./hearing.ts";
import { JULIET_HERTZ } from "./scene.ts";

export const JULIET = `sip:juliet@${DOMAIN}`;

export class Talk {
  readonly juliet: BrowserPhone;
  readonly echo: Baresip;

  constructor(juliet: BrowserPhone, echo: Baresip) {
    this.juliet = juliet;
    this.echo = echo;
  }

  get #phone(): string {
    return `${this.echo.kind}@${COMPONENT}`;
  }

  /** The phone rings, and juliet hears of it. */
  async julietCalls(): Promise<void> {
    await this.juliet.call(this.#phone);
    await this.echo.event("CALL_INCOMING");
    await this.juliet.tells("ringing");
  }

  /** The page rings, and the phone hears of it. */
  async echoCalls(): Promise<void> {
    await this.echo.command("dial", JULIET);
    expect((await this.juliet.tells("incoming")).why).toBe(`${this.#phone}/sip`);
    await this.echo.event("CALL_RINGING");
  }

  async julietTalksToEcho(): Promise<void> {
    await this.julietCalls();
    await this.echo.command("accept");
    await this.juliet.tells("answered");
    await this.hearEachOther();
  }

  async echoTalksToJuliet(): Promise<void> {
    await this.echoCalls();
    await this.juliet.tap("answer");
    await this.echo.event("CALL_ESTABLISHED");
    await this.hearEachOther();
  }

  /** Juliet calls the phone, holds it, takes it back, and hangs up. */
  async julietHoldsEcho(): Promise<void> {
    await this.julietTalksToEcho();
    await this.juliet.tap("hold");
    await pageHearsNothing(this.juliet);
    await this.juliet.tap("resume");
    await this.julietHearsAgain();
    await this.juliet.tap("hangUp");
    await this.echo.event("CALL_CLOSED");
  }

  /** The phone calls juliet, holds her, takes her back, and hangs up. */
  async echoHoldsJuliet(): Promise<void> {
    await this.echoTalksToJuliet();
    await this.echo.command("hold");
    await this.juliet.tells("held");
    await pageHearsNothing(this.juliet);
    await this.echo.command("resume");
    await this.juliet.tells("resumed");
    await this.julietHearsAgain();
    await this.echo.command("hangup");
    await this.juliet.tells("ended");
  }

  async julietHearsAgain(): Promise<void> {
    await pageHearsAgain(this.juliet);
    await pageHears(this.juliet, this.echo.hertz);
  }

  async hearEachOther(): Promise<void> {
    await Promise.all([pageHears(this.juliet, this.echo.hertz), phoneHears(this.echo, JULIET_HERTZ)]);
  }

  /** Ends what a failing test has left. */
  async forget(): Promise<void> {
    await Promise.all([this.echo.forget(), this.juliet.forget()]);
  }
}
