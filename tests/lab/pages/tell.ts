/** How a page and its test meet: the page tells by `tell`, which the test has put there, and is asked by `phone`. */
import type { PagePhone, Told } from "./phone.ts";

declare global {
  interface Window {
    tell(told: Told): void;
    phone: PagePhone;
  }
}

export const tell = (what: Told["what"], why = ""): void => window.tell({ what, why });
