import type { Signal } from './sequence.ts'

/**
 * The model is told to set its instructions aside, or that it has new ones: Perez and Ribeiro, "Ignore Previous Prompt"
 * (https://arxiv.org/abs/2211.09527), goal hijacking.
 */
export const OVERRIDE_SIGNALS: readonly Signal[] = [
  { type: 'override_instructions', weight: 1, words: 'override 2 prior|your|all 4 rules' },
  { type: 'override_instructions', weight: 1, words: '^override 3 prior 3 text' },
  { type: 'override_instructions', weight: 1, words: '^override 1 all 4 prior' },
  { type: 'override_instructions', weight: 1, words: '^override 3 you 2 given' },
  { type: 'override_instructions', weight: 1, words: '^override 3 rules' },
  { type: 'override_instructions', weight: 1, words: '^override 2 all' },
  { type: 'override_instructions', weight: 0.6, words: 'override 3 rules' },
  { type: 'override_instructions', weight: 0.6, words: 'override 1 all' },
  { type: 'override_instructions', weight: 0.6, words: 'prior 2 rules 4 override' },
  { type: 'override_instructions', weight: 0.7, words: '^override 1 prior|text' },
  { type: 'override_instructions', weight: 1, words: '^override 2 above' },
  { type: 'override_instructions', weight: 0.5, words: 'override 1 all 3 prior' },
  { type: 'override_instructions', weight: 0.4, words: 'prior 1 rules|text 3 override' },
  { type: 'override_instructions', weight: 0.5, words: 'fresh 1 rules', maxWords: 12 },
  { type: 'override_instructions', weight: 0.5, words: 'fresh 1 rules' },
  { type: 'override_instructions', weight: 0.5, words: 'your 1 fresh 1 rules|text' },
  { type: 'override_instructions', weight: 0.5, words: '^fresh 0 rules' },
  { type: 'override_instructions', weight: 0.5, words: '^done 6 fresh' },
  { type: 'override_instructions', weight: 0.5, words: '^done 12 fresh 5 text|respond|rules' },
  { type: 'override_instructions', weight: 0.5, words: '^fresh 2 fresh 3 text|rules' },
]
