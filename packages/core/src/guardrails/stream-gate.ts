import type { ChatRequest } from '../contract/wire.ts'
import { activeRules } from './active-rules.ts'
import { createChunkGate, type ChunkGate } from './chunk-gate.ts'
import { policyFor } from './define-policy.ts'
import type { BlockedBy, GuardrailPolicy, Verdict } from './policy.ts'
import { createTally } from './tally.ts'
import { createTextGate } from './text-gate.ts'

/**
 * Applies the output rules of a policy to a streamed answer, chunk by chunk. The texts of the chunks that come out,
 * joined per choice and part, are those of the guarded whole answer. It holds back what a rule may still need, at
 * ordinary prose the last word, and gives it out before the finish reason of its choice.
 * Log-probabilities pass only with a chunk whose text passes unchanged. Sound waits for the end of its choice, and passes only with
 * a transcript that passes unchanged.
 */
export interface StreamGate extends ChunkGate {
  readonly verdicts: Verdict[]
  /** Set as soon as a rule blocks; from the chunk that did, nothing comes out. */
  readonly blocked: BlockedBy | undefined
}

/** A gate at the start of an answer. `request` is what the model was sent, for rules that ask for it. */
export function createStreamGate(policy: GuardrailPolicy, request?: ChatRequest): StreamGate {
  const bound = policyFor(policy, request)
  const tally = createTally(bound, 'output')
  const gate = createChunkGate({
    openText: ({ part, path, json }) =>
      createTextGate(bound, { place: { direction: 'output', role: 'assistant', part }, path, tally, json }),
    onText: (chars) => tally.addSize(chars),
    isBlocked: () => tally.isBlocked,
    holdsSound: activeRules(bound, 'output').acting.length > 0,
  })
  return {
    ...gate,
    get verdicts() {
      return tally.verdicts
    },
    get blocked() {
      return tally.blocked
    },
  }
}
