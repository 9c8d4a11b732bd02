/**
 * Storage for byte arrays released in about the order they were stored: the packed entries of ended calls.
 *
 * Bytes are copied one after another into pieces of `PIECE` bytes, and a piece is reused once all its contents are released: ended
 * calls cause no allocation or garbage collection. Bounds: the pieces hold what is stored at once, plus one piece, plus the unused
 * end of each; anything larger than a quarter of a piece is allocated separately. Rule: released bytes are no longer read.
 */

const PIECE = 1_048_576;

interface Piece {
  readonly bytes: Uint8Array;
  end: number;
  /** Number of byte arrays stored in it. */
  kept: number;
}

/** Bytes stored until they are released. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly piece: Piece | undefined;
}

export class Ring {
  #now: Piece | undefined;
  readonly #free: Piece[] = [];

  /** Stores a copy of the bytes. */
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
