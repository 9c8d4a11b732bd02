/**
 * The SDPs of our side of a call: RFC 3264 §8, RFC 8866 §5.2.
 *
 * Rule: the version in `o=` grows with every change of the description. Each SDP is written once, and only its digest stored: the
 * text would cost every held call a kilobyte and more.
 */
import type { Media, Role } from "../../protocol/media/media.ts";
import { writeSdp } from "../../protocol/sdp/write.ts";
import type { Line } from "./line.ts";
import type { SavedPhone } from "./saved.ts";

export class Description {
  readonly #line: Line;
  readonly #role: Role;
  #version = 1;
  /** The digest of our last description, without `o=`. */
  #digest: string | undefined;

  constructor(line: Line, role: Role) {
    this.#line = line;
    this.#role = role;
  }

  save(): SavedPhone["description"] {
    return { version: this.#version, digest: this.#digest };
  }

  restore({ version, digest }: SavedPhone["description"]): void {
    this.#version = version;
    this.#digest = digest;
  }

  /** The SDP of our side, as an offer or an answer; `action` is the Jingle action that it carries. */
  write(media: Media, answer: boolean, action?: string): string {
    const address = this.#line.needs.config.sdpOrigin;
    return writeSdp(media, {
      by: this.#role,
      answer,
      origin: { id: this.#line.originId, address, version: (session) => this.#versionOf(session) },
      ...(action === undefined ? {} : { action }),
    });
  }

  #versionOf(session: string): number {
    const digest = this.#line.needs.hash("md5", session);
    if (this.#digest !== undefined && this.#digest !== digest) this.#version++;
    this.#digest = digest;
    return this.#version;
  }
}
