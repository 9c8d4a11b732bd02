/**
 * Room for bytes that come and go in about the same order: what is packed of calls that are over.
 *
 * Bytes are copied one behind the other into pieces of `PIECE` bytes, and a piece is used again once all in it is released: so nothing is
 * allocated and collected for an ended call. Bounds: the pieces are at most what is kept at once and one piece more, and what each has
 * lost at its end; what is larger than a quarter of a piece has bytes of its own. Rule: who releases bytes reads them no more.
 */

const PIECE = 1_048_576;

interface Piece {
  readonly bytes: Uint8Array;
  end: number;
  /** How many are kept in it. */
  kept: number;
}

/** Bytes that are kept until they are released. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly piece: Piece | undefined;
}

export class Ring {
  #now: Piece | undefined;
  readonly #free: Piece[] = [];

  /** Copies bytes to where they stay. */
  keep(bytes: Uint8Array): Kept {
    const { length } = bytes;
    if (length > PIECE / 4) return { bytes: bytes.slice(), piece: undefined };
    const piece = this.#pieceFor(length);
    const kept = piece.bytes.subarray(piece.end, piece.end + length);
    kept.set(bytes);
    piece.end += length;
    piece.kept++;
    return { bytes: kept, piece };
  }

  release({ piece }: Kept): void {
    if (piece === undefined) return;
    piece.kept--;
    if (piece.kept > 0) return;
    piece.end = 0;
    if (piece !== this.#now) this.#free.push(piece);
  }

  #pieceFor(length: number): Piece {
    const now = this.#now;
    if (now !== undefined && now.end + length <= PIECE) return now;
    const piece = this.#free.pop() ?? { bytes: new Uint8Array(PIECE), end: 0, kept: 0 };
    this.#now = piece;
    return piece;
  }
}
