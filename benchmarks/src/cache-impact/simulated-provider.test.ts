import { expect, test } from 'vitest'

import { latencyModels } from './latency-model.ts'
import { createSimulatedProvider, simulatedBaseUrl } from './simulated-provider.ts'
import { textTokens } from './token-counter.ts'
import { createVirtualClock } from './virtual-clock.ts'

function open(sizes: ReadonlyMap<string, { input: number; output: number }> = new Map(), scale = 0) {
  const clock = createVirtualClock(0)
  const provider = createSimulatedProvider({ clock, models: latencyModels, scale, sizes })
  async function post(path: string, body: object, init: RequestInit = {}) {
    const url = `${simulatedBaseUrl}${path}`
    return (await provider.fetch(url, { method: 'POST', body: JSON.stringify(body), ...init })).json()
  }
  return { clock, provider, post }
}

const chat = (content: string) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })

test('the same request gets the same answer, another one another, counted by the tokenizer', async () => {
  const { post } = open()
  const [one, again, other] = [
    await post('/chat/completions', chat('a')),
    await post('/chat/completions', chat('a')),
    await post('/chat/completions', chat('b')),
  ]
  expect(again).toEqual(one)
  const text = (answer: { choices: { message: { content: string } }[] }) => answer.choices[0]?.message.content
  expect(text(other)).not.toBe(text(one))
  expect(one.usage.completion_tokens).toBe(textTokens(text(one) ?? ''))
  // 3 for the answer's start, 3 for the message, 1 for the role and 1 for the text.
  expect(one.usage.prompt_tokens).toBe(8)
})

test('a trace’s own sizes are the usage', async () => {
  const { post } = open(new Map([['x', { input: 6_758, output: 500 }]]))
  expect((await post('/chat/completions', chat('x'))).usage).toEqual({
    prompt_tokens: 6_758,
    completion_tokens: 500,
    total_tokens: 7_258,
    prompt_tokens_details: { cached_tokens: 0 },
  })
})

test('an answer takes its model’s time, scaled, the same each time', async () => {
  const elapsed = async (scale: number): Promise<number> => {
    const { clock, post } = open(undefined, scale)
    const answer = post('/chat/completions', chat('a'))
    clock.runNext()
    await answer
    return clock.monotonicMs()
  }
  const [half, whole] = [await elapsed(0.5), await elapsed(1)]
  expect(whole).toBeGreaterThan(200)
  expect(half).toBeCloseTo(whole / 2, 6)
})

test('a call says whose it was, an abort ends its waiting, an unknown model is refused', async () => {
  const { clock, provider, post } = open(undefined, 1)
  const left = new AbortController()
  const answer = provider.asCaller(7, () =>
    post('/embeddings', { model: 'text-embedding-3-small', input: 'a' }, { signal: left.signal }),
  )
  expect(provider.journal).toMatchObject([{ operation: 'embed', caller: 7, inputTokens: 1 }])
  expect(provider.waiting).toBe(1)
  left.abort(new Error('left'))
  await expect(answer).rejects.toThrow('left')
  expect([provider.waiting, clock.runNext()]).toEqual([0, false])
  expect(await post('/chat/completions', { ...chat('a'), model: 'none' })).toHaveProperty('error')
})
