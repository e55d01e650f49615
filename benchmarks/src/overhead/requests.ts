import type { ChatRequest } from '@plumbline/core'

/** About 1 kB of prose, as an instruction with a document would be. */
const text = (
  'A customer writes that the parcel which should have come on Monday has not arrived, that nobody answers the telephone, and ' +
  'that the page with its number has said the same for three days. '
).repeat(6)

/** A request of 1 kB that the default policy may cache; another one with each number. */
export function requestOf(number: number): ChatRequest {
  return {
    model: 'gpt-4o-mini',
    temperature: 0,
    messages: [
      { role: 'system', content: 'You are a helpful assistant of a web shop. Answer in one sentence.' },
      { role: 'user', content: `${text}Case ${number}: what do you write back?` },
    ],
  }
}
