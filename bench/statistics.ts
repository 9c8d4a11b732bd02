/** A percentile of figures; 0 if there are none. */
export function percentile(figures: readonly number[], part: number): number {
  const sorted = figures.toSorted((one, two) => one - two);
  return sorted[Math.floor(sorted.length * part)] ?? 0;
}

export const least = (figures: readonly number[]): number => percentile(figures, 0);

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((one, two) => one - two);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
