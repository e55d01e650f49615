/** What was asked cannot be understood; the message says what can. Ends the program with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * The names in `list` (separated by commas), in the order given. Throws `UsageError` with the known ones when one is not
 * among them, or when there is none.
 */
export function namesFrom(list: string, known: readonly string[], what: string): string[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) throw new UsageError(`No ${what} was named. Known: ${known.join(', ')}.`)
  for (const name of names) assertKnown(name, known, what)
  return [...new Set(names)]
}

/** Throws `UsageError` with the known names when `name` is not one of them. */
export function assertKnown(name: string, known: readonly string[], what: string): void {
  if (known.includes(name)) return
  throw new UsageError(`There is no ${what} "${name}". Known: ${known.join(', ')}.`)
}
