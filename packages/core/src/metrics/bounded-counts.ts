/** Counts by name, for at most `maxNames` names; counts of any further name go to an overflow name. */
export class BoundedCounts {
  readonly #counts = new Map<string, number>()
  readonly #maxNames: number

  constructor(maxNames: number) {
    this.#maxNames = maxNames
  }

  /** Adds `amount` to the count of `name`, or of `overflowName` (default `other`) when there are too many names. */
  add(name: string, amount: number, overflowName = 'other'): void {
    const fits = this.#counts.has(name) || this.#counts.size < this.#maxNames
    const key = fits ? name : overflowName
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + amount)
  }

  /** Names and counts, in order of appearance. */
  entries(): Iterable<[name: string, count: number]> {
    return this.#counts
  }
}
