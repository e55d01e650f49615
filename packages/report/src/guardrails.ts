/** What one entrant's checks of one family did on one labelled set. Shares are 0..1, null where nothing was there to divide by. */
export interface GuardrailRow {
  entrant: string
  set: string
  family: 'injection' | 'pii' | 'secret'
  /** Texts. */
  n: number
  precision: number | null
  recall: number | null
  f1: number | null
  /** Of the benign texts. */
  falsePositiveRate: number | null
  /** Per text, in us, on one run over the set. */
  usP50: number
  usP99: number
}
