import type { ChatRequest, ChatResponse } from '@plumbline/core'

import { seededRandom } from '../method/seeded-random.ts'

const words =
  'the parcel was sent on monday and has not come yet so where is it now please look at every step between your house and mine'.split(
    ' ',
  )

/** A question of one turn whose text has this many characters: plain words, since LangChain's seam for caches declines others. */
export function askAtLength(chars: number, seed: number): ChatRequest {
  const random = seededRandom(seed)
  let text = ''
  while (text.length < chars) text += `${words[Math.floor(random() * words.length)]} `
  return {
    model: 'gpt-4o-mini',
    temperature: 0,
    messages: [{ role: 'user', content: text.slice(0, chars) }],
  }
}

/** A short answer, as a provider sends it. */
export const answer: ChatResponse = {
  id: 'chatcmpl-cache-speed',
  object: 'chat.completion',
  created: 1_780_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      message: {
        role: 'assistant',
        content: 'It left our house on Tuesday and should be with you tomorrow before noon.',
        refusal: null,
      },
    },
  ],
  usage: { prompt_tokens: 2_150, completion_tokens: 16, total_tokens: 2_166 },
}
