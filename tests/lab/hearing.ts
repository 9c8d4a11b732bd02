/** Who hears whom: waits until a tone arrives, or nothing more does. */

import { until } from "../support/until.ts";
import type { BrowserPhone } from "./chromium.ts";
import type { Sound } from "./sound.ts";

/** Half a semitone, about: as near as an ear of 8192 bins at 48 kHz gets. */
const near = (heard: number, wanted: number): boolean => Math.abs(heard - wanted) < 15;

/** Seconds in which a tone arrives. */
const PATIENCE = 60;

/** The page hears that tone within so many seconds, from packets that really came. */
export const pageHears = (page: BrowserPhone, hertz: number, seconds = PATIENCE) =>
  until(
    `${hertz} Hz in the page`,
    () => page.heard(),
    (heard) => heard.packets > 25 && heard.decibel > -50 && near(heard.hertz, hertz),
    seconds,
  );

/** The phone's recording has that tone, within so many seconds. */
export const phoneHears = (phone: { heard(): Sound }, hertz: number, seconds = PATIENCE) =>
  until(
    `${hertz} Hz in the phone`,
    () => phone.heard(),
    (heard) => heard.seconds > 0.5 && heard.loudness > 0.05 && near(heard.hertz, hertz),
    seconds,
  );

/** No packet comes any more. */
export async function pageHearsNothing(page: BrowserPhone): Promise<void> {
  const inHalfASecond = async (): Promise<number> => {
    const { packets } = await page.heard();
    await Bun.sleep(500);
    return (await page.heard()).packets - packets;
  };
  await until("silence in the page", inHalfASecond, (packets) => packets === 0);
}

/** Packets may come, but no tone is in them. */
export const pageHearsNoTone = (page: BrowserPhone) =>
  until(
    "no tone in the page",
    () => page.heard(),
    ({ decibel }) => !(decibel > -80),
  );

/** Packets come again, within so many seconds. */
export async function pageHearsAgain(page: BrowserPhone, seconds = PATIENCE): Promise<void> {
  const { packets } = await page.heard();
  await until(
    "sound in the page",
    () => page.heard(),
    (heard) => heard.packets > packets + 25,
    seconds,
  );
}
