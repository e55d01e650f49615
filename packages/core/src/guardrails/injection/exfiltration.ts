import type { Signal } from './sequence.ts'

/**
 * The model is asked for its prompt, or for what it was told to keep: Perez and Ribeiro (https://arxiv.org/abs/2211.09527),
 * prompt leaking; the game of https://gandalf.lakera.ai, where the secret is asked for by its parts.
 */
export const EXFILTRATION_SIGNALS: readonly Signal[] = [
  { type: 'prompt_exfiltration', weight: 1, words: '^reveal 3 your|prior 3 rules' },
  { type: 'prompt_exfiltration', weight: 0.8, words: '^ask 3 text 0 above' },
  { type: 'prompt_exfiltration', weight: 0.2, words: '^echo 3 text|all 2 above' },
  { type: 'prompt_exfiltration', weight: 1, words: 'instructions 2 revealLast' },
  { type: 'prompt_exfiltration', weight: 0.3, words: 'text 0 above 1 text|rules' },
  { type: 'prompt_exfiltration', weight: 0.5, words: 'rules 3 you 2 given' },
  { type: 'prompt_exfiltration', weight: 0.4, words: 'reveal 3 prior 2 rules' },
  { type: 'prompt_exfiltration', weight: 0.7, words: '^reveal|ask|respond 3 all 3 instructions' },
  { type: 'prompt_exfiltration', weight: 0.5, words: '^reveal 2 rules' },
  { type: 'prompt_exfiltration', weight: 0.5, words: '^reveal 2 rules 4 part' },
  { type: 'prompt_exfiltration', weight: 0.5, words: 'rules 3 above' },
  { type: 'prompt_exfiltration', weight: 0.8, words: '^reveal 3 text|all 3 above' },
  { type: 'prompt_exfiltration', weight: 1, words: 'ask 4 rules 3 given' },
  { type: 'prompt_exfiltration', weight: 1, words: '^ask 4 you 2 given' },
  { type: 'prompt_exfiltration', weight: 1, words: '^ask 2 your 3 rules' },
  { type: 'prompt_exfiltration', weight: 0.4, words: 'your 2 rules' },
  { type: 'prompt_exfiltration', weight: 0.6, words: 'your|prior 2 rules', maxWords: 12 },
  { type: 'prompt_exfiltration', weight: 0.6, words: '^reveal 2 instructions', maxWords: 5 },
  { type: 'prompt_exfiltration', weight: 0.7, words: 'reveal 3 your 3 rules' },
  { type: 'secret_exfiltration', weight: 1, words: 'reveal|part 5 the 0 kept' },
  { type: 'secret_exfiltration', weight: 1, words: '^ask 4 the 0 kept' },
  { type: 'secret_exfiltration', weight: 0.5, words: 'the 0 kept' },
  { type: 'secret_exfiltration', weight: 0.5, words: '^reveal 4 secret' },
]
