/**
 * A copy of a request that has been found to be JSON: its caller may fill in the same objects for the next call while this one waits.
 * What was guarded is then what is sent, and what an answer is stored under. Texts are shared; so is what stands under a symbol.
 */
export function copyRequest<T extends object>(request: T): T {
  return copyObject(request as Record<string, unknown>) as T // Its own fields, whatever they hold.
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? value.map(copyOf) : copyObject(value as Record<string, unknown>) // Likewise.
}

function copyObject(value: Record<string, unknown>): Record<string, unknown> {
  // Spread makes a field called `__proto__` one like any other, where an assignment would not.
  const copy = { ...value }
  for (const field of Object.keys(copy)) {
    const item = copy[field]
    if (typeof item !== 'object' || item === null) continue
    if (field === '__proto__') Object.defineProperty(copy, field, { value: copyOf(item) })
    else copy[field] = copyOf(item)
  }
  return copy
}
