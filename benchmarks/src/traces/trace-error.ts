/** A trace that cannot be read, with the file, the line, what was expected there and what was found. */
export class TraceError extends Error {
  override readonly name = 'TraceError'

  constructor(file: string, line: number, expected: string, found: unknown) {
    super(`${file}:${line}: expected ${expected}, found ${print(found)}`)
  }
}

function print(found: unknown): string {
  if (found === undefined) return 'nothing'
  const text = typeof found === 'string' ? JSON.stringify(found) : (JSON.stringify(found) ?? String(found))
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
