/**
 * The contents of an offer that a device was not told of, since it does not take them (protocol/media/suited.ts): it hears nothing of
 * their candidates either. Bound: the contents of an offer, for the devices of a call.
 */
import type { Content, Media } from "../../protocol/media/media.ts";

export class Withheld {
  readonly #names = new Map<string, ReadonlySet<string>>();

  /** A device is offered this description, whose refused contents are left out. */
  offered(device: string, { contents }: Media): void {
    const left = contents.filter(({ rejected }) => rejected).map(({ name }) => name);
    if (left.length > 0) this.#names.set(device, new Set(left));
    else this.#names.delete(device);
  }

  /** A device is told of contents after all. */
  added(device: string, contents: readonly Pick<Content, "name">[]): void {
    const left = [...(this.#names.get(device) ?? [])].filter((name) => contents.every((each) => each.name !== name));
    this.#names.set(device, new Set(left));
  }

  /** Those of the contents that a device was told of. */
  known<Each extends Pick<Content, "name">>(device: string, contents: readonly Each[]): Each[] {
    const left = this.#names.get(device);
    return contents.filter(({ name }) => !left?.has(name));
  }
}
