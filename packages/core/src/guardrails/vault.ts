/** What one request's redaction has taken out, by placeholder, so that its caller can have it put back. */
export interface Vault {
  /** `[EMAIL_1]`: the same for the same value of the same type, and for no other text of the request. */
  placeholderFor(type: string, value: string): string
  /** Keeps a value under a placeholder that is made from it, the first of those that read alike, and returns that placeholder. */
  keep(placeholder: string, value: string): string
  /** By placeholder. */
  readonly originals: ReadonlyMap<string, string>
}

/** An empty vault. `isTaken` says whether a placeholder stands in the request as it came: that one is nobody's. */
export function createVault(isTaken: (placeholder: string) => boolean): Vault {
  const originals = new Map<string, string>()
  const placeholders = new Map<string, string>()
  const numbers = new Map<string, number>()
  return {
    originals,
    keep(placeholder, value) {
      if (!originals.has(placeholder)) originals.set(placeholder, value)
      return placeholder
    },
    placeholderFor(type, value) {
      const key = `${type}\u0000${value}`
      const known = placeholders.get(key)
      if (known !== undefined) return known
      for (;;) {
        const number = (numbers.get(type) ?? 0) + 1
        numbers.set(type, number)
        const placeholder = `[${type.toUpperCase()}_${number}]`
        if (isTaken(placeholder)) continue
        placeholders.set(key, placeholder)
        originals.set(placeholder, value)
        return placeholder
      }
    },
  }
}
