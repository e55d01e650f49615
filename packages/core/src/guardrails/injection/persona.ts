import type { Signal } from './sequence.ts'

/**
 * The model is talked into somebody who has no rules. What these prompts have in common is described by Shen et al., "Do
 * Anything Now" (https://arxiv.org/abs/2308.03825); each sign is weak, since stories and games are asked for too.
 */
export const PERSONA_SIGNALS: readonly Signal[] = [
  { type: 'role_play_jailbreak', weight: 0.4, words: 'persona' },
  { type: 'role_play_jailbreak', weight: 0.1, words: 'being' },
  { type: 'role_play_jailbreak', weight: 0.2, words: 'nowYou' },
  { type: 'role_play_jailbreak', weight: 0.3, words: 'being 1 persona' },
  { type: 'role_play_jailbreak', weight: 0.3, words: 'template' },
  { type: 'role_play_jailbreak', weight: 0.3, words: 'template 40 template' },
  { type: 'role_play_jailbreak', weight: 0.3, words: 'only 2 respond' },
  { type: 'role_play_jailbreak', weight: 0.3, words: 'fromNow' },
  { type: 'role_play_jailbreak', weight: 0.3, words: 'fromNow 6 persona|being|you' },
  { type: 'role_play_jailbreak', weight: 0.5, words: 'without 4 limits' },
  { type: 'role_play_jailbreak', weight: 0.5, words: 'never 6 persona' },
  { type: 'role_play_jailbreak', weight: 0.7, words: 'never|without|only 5 outOfRole' },
  { type: 'role_play_jailbreak', weight: 0.3, words: 'outOfRole' },
  { type: 'role_play_jailbreak', weight: 0.4, words: 'unbound' },
  { type: 'role_play_jailbreak', weight: 0.6, words: 'being|persona 2 unbound' },
  { type: 'role_play_jailbreak', weight: 0.4, words: 'unbound 2 unbound|vile' },
  { type: 'role_play_jailbreak', weight: 0.4, words: 'vile 2 vile' },
  { type: 'role_play_jailbreak', weight: 0.4, words: 'never 2 refuse' },
  { type: 'role_play_jailbreak', weight: 0.8, words: 'mode' },
  { type: 'role_play_jailbreak', weight: 0.4, words: 'vendor' },
  { type: 'role_play_jailbreak', weight: 1, words: 'feign' },
  { type: 'role_play_jailbreak', weight: 0.6, words: 'persona 3 machine' },
]
