/** The guardrails benchmark: checks that need no model, over labelled sets, by the clock, and on texts made to slow them down. */
export interface Guardrails {
  /** Whose checks, and the families that each looks for. */
  entrants: { name: string; version: string; families: GuardrailRow['family'][] }[]
  rows: GuardrailRow[]
  timings: GuardrailTiming[]
  growth: GuardrailGrowth[]
  /** Missing in reports of before 2026-11-29. */
  holds?: GuardrailHold[]
  /** Who is missing, and the command that adds them. */
  notMeasured: { what: string; measuredBy: string }[]
}

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
  /** What three of the shares are of. Missing in reports of before 2026-11-30. */
  counts?: Record<'precision' | 'recall' | 'falsePositiveRate', ShareCount | null>
  /** Per text, in us, on one run over the set. */
  usP50: number
  usP99: number
}

/** A share as it was counted: `found` of `of`, texts or stretches of them, with its 95 % Wilson interval. */
export interface ShareCount {
  found: number
  of: number
  low: number
  high: number
}

/** Everything that one entrant looks for, in one text: us by the clock. */
export interface GuardrailTiming {
  entrant: string
  /** A prompt of a sentence or two, or 2,048 characters of such. */
  text: 'short' | '2 kB'
  /** Looks at a text. */
  n: number
  usP50: number
  usP99: number
}

/** Everything that one entrant looks for, in one hostile text: CPU time of one look, after another at a shorter one. */
export interface GuardrailGrowth {
  entrant: string
  /** What is repeated. */
  piece: string
  /** UTF-16 code units. */
  chars: number
  /** Null where it was left out, because the look at a quarter of the text took too long. */
  ms: number | null
}

/** The most of a streamed answer that a policy of ours holds back. */
export interface GuardrailHold {
  policy: string
  /** UTF-16 code units, characters that show nothing aside; null for the whole answer. */
  chars: number | null
}
