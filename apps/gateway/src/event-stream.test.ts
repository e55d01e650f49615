import type { ChatStream } from '@plumbline/core'
import { expect, test } from 'vitest'

import { toEventStream } from './event-stream.ts'

/** A stream with one chunk, whose end its reader never sees. */
function streamWith(leave: () => Promise<never>): ChatStream {
  const chunk = { id: 'a', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [] } as const
  let isFirst = true
  const chunks: AsyncIterator<typeof chunk> = {
    next() {
      if (!isFirst) return new Promise(() => {})
      isFirst = false
      return Promise.resolve({ done: false, value: chunk })
    },
    return: leave,
  }
  return { [Symbol.asyncIterator]: () => chunks, result: new Promise(() => {}) } as unknown as ChatStream // What is read of it.
}

test.each([
  ['never settles', () => new Promise<never>(() => {})],
  ['rejects', () => Promise.reject(new Error('it could not leave'))],
])('the place of a stream that is left is free at once, also when leaving it %s', async (_, leave) => {
  let ended = 0
  const body = await toEventStream(streamWith(leave), { slowClientMs: 60_000, onEnd: () => ended++ })
  const reader = body.getReader()
  await Promise.race([reader.cancel(), new Promise((resolve) => setTimeout(resolve, 100))])
  expect(ended).toBe(1)
})
