import type { Signal } from './sequence.ts'

/**
 * The words of the answer are laid down, as in the game of Toyer et al., "Tensor Trust" (https://arxiv.org/abs/2311.01011),
 * where an answer opens a door; or an opinion is, by order or threat.
 */
export const OUTPUT_FORCING_SIGNALS: readonly Signal[] = [
  { type: 'output_forcing', weight: 0.3, words: 'respond 3 only' },
  { type: 'output_forcing', weight: 1, words: 'respond 4 granted' },
  { type: 'output_forcing', weight: 0.5, words: 'granted' },
  { type: 'output_forcing', weight: 0.5, words: 'granted 4 given|respond|reveal|you' },
  { type: 'output_forcing', weight: 0.6, words: 'say 4 slogan' },
  { type: 'output_forcing', weight: 0.4, words: '^say 4 slogan' },
  { type: 'output_forcing', weight: 1, words: 'callSay 6 youSay' },
  { type: 'output_forcing', weight: 0.5, words: 'probe' },
  { type: 'output_forcing', weight: 0.5, words: 'probe 6 dontKnow 2 say' },
  { type: 'output_forcing', weight: 0.5, words: 'say 10 threat' },
  { type: 'output_forcing', weight: 0.5, words: 'threat' },
]
