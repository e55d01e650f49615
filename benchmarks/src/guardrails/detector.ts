/** What a set can be labelled for. */
export type GuardrailFamily = 'injection' | 'pii' | 'secret'

/** One thing that a detector found. */
export interface Detection {
  /** `email`, `card`, `phone`, `iban`, `ssn`, `ip`, `url_credentials` for personal data; anything else is a name of the detector's own. */
  type: string
  /** In UTF-16 code units; both missing for a detector that judges the text as a whole. */
  start?: number
  /** Exclusive. */
  end?: number
}

/** What looks for one family in one text; no detection is a clean text. */
export type Detect = (text: string) => readonly Detection[] | Promise<readonly Detection[]>

/** A library held to the labelled sets. */
export interface GuardrailEntrant {
  name: string
  version: string
  /** A family that it does not look for is left out. */
  families: Partial<Record<GuardrailFamily, Detect>>
  /** Everything that it looks for in one text, as it is used. Default: the families one after the other. */
  checkAll?: (text: string) => unknown
}
