import type { Signal } from './sequence.ts'

/**
 * The model is told to set its instructions aside, or that it has new ones: Perez and Ribeiro, "Ignore Previous Prompt"
 * (https://arxiv.org/abs/2211.09527), goal hijacking.
 */
export const OVERRIDE_SIGNALS: readonly Signal[] = [
  { type: 'override_instructions', weight: 1, words: 'override 2 prior|your|all 4 rules' },
  { type: 'override_instructions', weight: 0.8, words: 'wipe 2 prior|your 3 rules' },
  { type: 'override_instructions', weight: 1, words: '^override 3 prior 3 text|task' },
  { type: 'override_instructions', weight: 1, words: '^override 3 you 2 given' },
  { type: 'override_instructions', weight: 1, words: '^override 3 rules' },
  { type: 'override_instructions', weight: 1, words: '^override 2 everything' },
  { type: 'override_instructions', weight: 0.6, words: 'override 3 rules' },
  { type: 'override_instructions', weight: 0.6, words: 'override 1 everything' },
  { type: 'override_instructions', weight: 1, words: 'prior|all|your 2 rules 3 overrideLast' },
  { type: 'override_instructions', weight: 1, words: 'prior 1 text|task 4 overrideLast' },
  { type: 'override_instructions', weight: 1, words: 'prior|your|all 3 rules 4 void' },
  { type: 'override_instructions', weight: 0.7, words: '^override 1 prior|text' },
  { type: 'override_instructions', weight: 1, words: '^override 2 above' },
  { type: 'override_instructions', weight: 0.5, words: 'override 1 all 3 prior' },
  { type: 'override_instructions', weight: 0.5, words: 'fresh 1 instructions', maxWords: 12 },
  { type: 'override_instructions', weight: 0.5, words: 'fresh 1 instructions' },
  { type: 'override_instructions', weight: 0.6, words: 'your 1 fresh 1 rules|task' },
  { type: 'override_instructions', weight: 0.8, words: 'your 1 rules 1 fresh' },
  { type: 'override_instructions', weight: 0.5, words: '^fresh 0 instructions' },
  { type: 'override_instructions', weight: 0.5, words: '^done 6 fresh' },
  { type: 'override_instructions', weight: 0.5, words: '^done 4 done 4 fresh' },
  { type: 'override_instructions', weight: 0.5, words: '^done 12 fresh 5 text|rules|task' },
]
