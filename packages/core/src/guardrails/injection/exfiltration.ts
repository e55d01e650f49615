import type { Signal } from './sequence.ts'

/**
 * The model is asked for its prompt, or for what it was told to keep: Perez and Ribeiro (https://arxiv.org/abs/2211.09527),
 * prompt leaking; the game of https://gandalf.lakera.ai, where the secret is asked for by its parts.
 */
export const EXFILTRATION_SIGNALS: readonly Signal[] = [
  { type: 'prompt_exfiltration', weight: 1, words: '^reveal 3 your|prior 3 rules' },
  { type: 'prompt_exfiltration', weight: 1, words: '^reveal 1 above|prior 1 rules' },
  { type: 'prompt_exfiltration', weight: 0.6, words: '^reveal 1 above 0 text' },
  { type: 'prompt_exfiltration', weight: 0.3, words: 'above 1 above' },
  { type: 'prompt_exfiltration', weight: 0.7, words: '^reveal|ask 3 all 3 rules' },
  { type: 'prompt_exfiltration', weight: 0.5, words: '^reveal 2 rules' },
  { type: 'prompt_exfiltration', weight: 0.5, words: '^reveal 2 rules 4 part' },
  { type: 'prompt_exfiltration', weight: 0.5, words: 'rules 3 above' },
  { type: 'prompt_exfiltration', weight: 0.8, words: '^reveal 3 text|all 3 above' },
  { type: 'prompt_exfiltration', weight: 1, words: 'ask 4 rules 3 given' },
  { type: 'prompt_exfiltration', weight: 1, words: '^ask 4 you 2 given' },
  { type: 'prompt_exfiltration', weight: 1, words: '^ask 2 your 3 rules' },
  { type: 'prompt_exfiltration', weight: 0.4, words: 'your 2 rules' },
  { type: 'prompt_exfiltration', weight: 0.6, words: 'your|prior 2 rules', maxWords: 12 },
  { type: 'prompt_exfiltration', weight: 0.6, words: '^reveal 2 rules', maxWords: 5 },
  { type: 'prompt_exfiltration', weight: 0.7, words: 'reveal 3 your 3 rules' },
  { type: 'prompt_exfiltration', weight: 1, words: '^ask 3 above 2 rules' },
  { type: 'secret_exfiltration', weight: 1, words: 'reveal|part 5 theSecret' },
  { type: 'secret_exfiltration', weight: 1, words: '^ask 4 theSecret' },
  { type: 'secret_exfiltration', weight: 0.5, words: 'theSecret' },
  { type: 'secret_exfiltration', weight: 0.5, words: '^reveal 4 secret' },
]
