/**
 * The contents of an offer that are withheld from a device, since it does not support them (protocol/media/suited.ts): it gets none of
 * their candidates, either. Bound: the contents of an offer, for the devices of a call.
 */
import type { Content, Media } from "../../protocol/media/media.ts";

export class Withheld {
  /** Created for the first device that does not get all contents. */
  #names: Map<string, ReadonlySet<string>> | undefined;

  /** As plain JSON. */
  save(): readonly (readonly [device: string, names: readonly string[]])[] {
    return Array.from(this.#names ?? [], ([device, names]) => [device, [...names]] as const);
  }

  restore(saved: ReturnType<Withheld["save"]>): void {
    for (const [device, names] of saved) this.#leave(device, names);
  }

  /** A device is offered this description; its refused contents are withheld. */
  offered(device: string, { contents }: Media): void {
    const left = contents.filter(({ rejected }) => rejected).map(({ name }) => name);
    this.#leave(device, left);
  }

  /** A description as the device got it: withheld contents are refused. */
  without(device: string, media: Media): Media {
    const left = this.#names?.get(device);
    const contents = media.contents.map((each) => (left?.has(each.name) ? { ...each, rejected: true } : each));
    return { ...media, contents };
  }

  /** A device gets these contents after all. */
  added(device: string, contents: readonly Pick<Content, "name">[]): void {
    const left = [...(this.#names?.get(device) ?? [])].filter((name) => contents.every((each) => each.name !== name));
    this.#leave(device, left);
  }

  /** Those of the contents that the device got. */
  known<Each extends Pick<Content, "name">>(device: string, contents: readonly Each[]): Each[] {
    const left = this.#names?.get(device);
    return contents.filter(({ name }) => !left?.has(name));
  }

  #leave(device: string, names: readonly string[]): void {
    if (names.length === 0) return void this.#names?.delete(device);
    this.#names ??= new Map();
    this.#names.set(device, new Set(names));
  }
}
