import type { ChatRequest, Role } from '../contract/wire.ts'

export type Direction = 'input' | 'output'

/** Where in a message a text stands: every place that can hide one is scanned, not the last message alone. */
export interface TextPlace {
  direction: Direction
  role: Role
  /** `embedding` is a text that becomes a vector: no model reads it as an instruction. */
  part: 'content' | 'refusal' | 'reasoning' | 'tool_arguments' | 'embedding'
}

/** One stretch of text that a rule matched, in UTF-16 code units of the text it was given. */
export interface Finding {
  /** What was found, for the policy and the replacement: `email`, `card`, `override_instructions`. */
  type: string
  start: number
  /** Exclusive. */
  end: number
  /** 0..1; rules that decide by themselves leave it out and mean 1. */
  score?: number
}

/**
 * A check on one text. Pure: same text and place, same findings. Whole answers and streams use the same rule, and a
 * stream must come to the same findings from pieces, so the rule is held to two laws (`__fixtures__/rule-laws.ts`):
 *
 * - **locality**: whether it finds something at `start` depends on `context` units before `start` and on what follows,
 *   not on where the text began or on other findings. Findings may overlap; the guard resolves that.
 * - **finality**: with `hold = holdFrom(text)`, no continuation of the text adds, removes or changes a finding that
 *   starts before `hold`.
 */
export interface GuardrailRule {
  /** Stable id, such as `pii.email`: named in verdicts, errors and metrics. */
  readonly id: string
  readonly family: 'length' | 'injection' | 'pii' | 'secret' | (string & {})
  readonly directions: readonly Direction[]
  /** The longest stretch that one finding can cover, in UTF-16 code units; a longer one is not a finding. */
  readonly reach: number
  /** How far before a finding's start the rule looks, in UTF-16 code units. */
  readonly context: number
  /** Anything that changes what the rule finds: part of the policy's fingerprint and so of the cache key. */
  readonly version: string
  /**
   * The most UTF-16 code units that all texts of one request, or of one answer, may have together; an embedding
   * request is judged text by text. It is counted by whoever sees all the texts, not by `find`.
   */
  readonly maxChars?: number
  /** As `maxChars`, in tokens as `countTokens` counts them text by text; of requests only. */
  readonly maxTokens?: number
  readonly countTokens?: (text: string) => number
  /** Findings that start at or after `from` (default 0); what stands before it is context only. */
  find(text: string, place: TextPlace, from?: number): Finding[]
  /**
   * The smallest index, at or after `from`, from which more text could still make or change a finding; `text.length`
   * when none could. A stream releases what stands before it at once. A rule that can only judge whole texts leaves
   * it out: in a stream it runs at the end, after release, and so cannot redact.
   */
  holdFrom?(text: string, from?: number): number
  /**
   * The same rule for the answers to one request, as the model was sent it: for what depends on the question. Left out by rules
   * that need not know it.
   */
  forRequest?(request: ChatRequest): GuardrailRule
}
