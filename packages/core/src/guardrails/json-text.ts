/**
 * Follows JSON text from piece to piece and knows whether the next character stands inside a string. Tool-call
 * arguments are JSON: a placeholder in the place of a bare number must bring its own quotes.
 */
export interface JsonText {
  read(piece: string): void
  readonly inString: boolean
}

/** At the start of a JSON text. */
export function createJsonText(): JsonText {
  let inString = false
  let escaped = false
  return {
    read(piece) {
      for (let index = 0; index < piece.length; index++) {
        const code = piece.charCodeAt(index)
        if (escaped) escaped = false
        else if (code === 34) inString = !inString
        else if (code === 92) escaped = inString
      }
    },
    get inString() {
      return inString
    },
  }
}
