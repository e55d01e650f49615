import { expect, test } from 'vitest'

import { InvalidRequestError } from './errors.ts'
import {
  assertCallContext,
  assertChatRequest,
  assertEmbedRequest,
  assertPipelineOptions,
} from './validate.ts'
import type { ChatRequest, EmbedRequest } from './wire.ts'

const message = { role: 'user', content: 'Hello' }

function pathOf(request: unknown): string | undefined {
  try {
    // What a caller without types can pass.
    assertChatRequest(request as ChatRequest)
  } catch (error) {
    expect(InvalidRequestError.isInstance(error)).toBe(true)
    return (error as InvalidRequestError).path ?? ''
  }
  return undefined
}

test('an ordinary request passes, unknown fields and explicit undefined included', () => {
  expect(pathOf({ model: 'm', messages: [message], top_k: 5, seed: undefined })).toBeUndefined()
})

test.each([
  ['messages', { model: 'm', messages: [] }],
  ['messages', { model: 'm' }],
  ['model', { messages: [message] }],
  ['temperature', { model: 'm', messages: [message], temperature: Number.NaN }],
  ['metadata', { model: 'm', messages: [message], metadata: new Map() }],
  ['metadata.at', { model: 'm', messages: [message], metadata: { at: new Date(0) } }],
  ['callback', { model: 'm', messages: [message], callback: () => {} }],
  ['seed', { model: 'm', messages: [message], seed: 1n }],
  ['messages[1]', { model: 'm', messages: [message, null] }],
  ['messages[0].content[0]', { model: 'm', messages: [{ role: 'user', content: [undefined] }] }],
  ['', undefined],
])('%s is named', (path, request) => {
  expect(pathOf(request)).toBe(path)
})

test('a limit of silence that is none is refused by name and value', () => {
  expect(() => assertPipelineOptions({ stream: { idleTimeoutMs: 0 } })).toThrow(
    /^stream.idleTimeoutMs .* not 0$/,
  )
  expect(() => assertPipelineOptions({ stream: { firstContentTimeoutMs: Number.NaN } })).toThrow(/not NaN$/)
  expect(() => assertPipelineOptions({ deadlineMs: 0 })).toThrow(/^deadlineMs .* not 0$/)
  expect(() => assertPipelineOptions({ retry: { maxRetries: -1 } })).toThrow(/^retry.maxRetries .* not -1$/)
  expect(() => assertPipelineOptions({ retry: { baseDelayMs: Number.NaN } })).toThrow(/^retry.baseDelayMs/)
  expect(() => assertPipelineOptions({ responseCache: { ttlJitter: 5 } })).toThrow(/^responseCache.ttlJitter/)
  expect(() =>
    assertPipelineOptions({ stream: { firstContentTimeoutMs: Infinity, idleTimeoutMs: 0.5 } }),
  ).not.toThrow()
})

test('an embedding request needs a text, or texts', () => {
  for (const input of [[], 5, ['a', 5], undefined]) {
    expect(() => assertEmbedRequest({ model: 'm', input } as EmbedRequest)).toThrow(/input/)
  }
  expect(() => assertEmbedRequest({ model: 'm', input: ['a', ''] })).not.toThrow()
})

test.each([
  [{ deadlineMs: 0 }, /^deadlineMs .* not 0$/],
  [{ deadlineMs: Number.NaN }, /^deadlineMs .* not NaN$/],
  [{ cacheTtlMs: -1 }, /^cacheTtlMs .* not -1$/],
])('a call with %o is refused by name and value', (context, refusal) => {
  expect(() => assertCallContext(context)).toThrow(refusal)
  expect(() => assertCallContext({ deadlineMs: 0.5, cacheTtlMs: 0.5 })).not.toThrow()
})

test('the size of a request is that of its texts and fields in UTF-8', () => {
  const request = (content: string) => ({ model: 'm', messages: [{ role: 'user' as const, content }] })
  const check = (content: string) => () => assertChatRequest(request(content), { maxRequestBytes: 1_000 })
  expect(check('x'.repeat(900))).not.toThrow()
  expect(check('x'.repeat(1_001))).toThrow(/larger than 1000 bytes/)
  expect(check('€'.repeat(400))).toThrow(/larger than 1000 bytes/)
  expect(() => assertEmbedRequest({ model: 'm', input: 'x'.repeat(80e6) })).toThrow(/larger/)
  expect(() => assertChatRequest(request('x'), { maxRequestBytes: Number.NaN })).toThrow(
    /maxRequestBytes .* NaN/,
  )
})

test('a request that holds itself is refused', () => {
  const metadata: Record<string, unknown> = {}
  metadata['self'] = [metadata]
  expect(pathOf({ model: 'm', messages: [message], metadata })).toBe('')
})
