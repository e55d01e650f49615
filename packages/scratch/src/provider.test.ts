import { provider, startFaultServer, type FaultServer } from '@plumbline/conformance'
import { OpenAI } from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createProvider } from './provider.ts'

let server: FaultServer
beforeEach(async () => {
  server = await startFaultServer(provider({ text: 'Yes.' }))
})
afterEach(() => server.close())

const { signal } = new AbortController()
const ask = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user' as const, content }] })
const embed = (input: string) => ({ model: 'text-embedding-3-small', input })

/** A fetch that notes what it is given. */
function listen(): { sent: unknown[]; fetch: typeof globalThis.fetch } {
  const sent: unknown[] = []
  return {
    sent,
    fetch(input, init) {
      sent.push([input, init?.method, Object.fromEntries(new Headers(init?.headers)), init?.body])
      return globalThis.fetch(input, init)
    },
  }
}

test('each request is what the SDK itself sends, the first and the later ones', async () => {
  const ours = listen()
  const own = createProvider({ baseUrl: server.baseUrl, apiKey: 'key', fetch: ours.fetch })
  const theirs = listen()
  const options = { timeout: 2 ** 31 - 1, maxRetries: 0, fetch: theirs.fetch }
  const sdk = new OpenAI({ baseURL: server.baseUrl, apiKey: 'key', ...options })
  const stream_options = { include_usage: true }
  for (const text of ['one', 'two', 'three']) {
    await own.chat(ask(text), signal)
    await sdk.chat.completions.create({ ...ask(text), stream: false }, options)
    for await (const _ of own.stream(ask(text), signal));
    const body = { ...ask(text), stream: true as const, stream_options }
    for await (const _ of await sdk.chat.completions.create(body, options));
    await own.embed(embed(text), signal)
    await sdk.embeddings.create({ encoding_format: 'base64', ...embed(text) }, options)
    await own.probe(signal)
    await sdk.models.list(options)
  }
  expect(ours.sent).toEqual(theirs.sent)
  expect(ours.sent).toHaveLength(12)
  expect(server.journal).toHaveLength(24)
})

test('what a fetch does to the headers of one request is not in the next', async () => {
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (init?.headers instanceof Headers) init.headers.append('x-trace', 'mine')
    return globalThis.fetch(input, init)
  }
  const own = createProvider({ baseUrl: server.baseUrl, apiKey: 'key', fetch })
  for (const text of ['one', 'two', 'three']) await own.chat(ask(text), signal)
  expect(server.journal.map(({ headers }) => headers['x-trace'])).toEqual(['mine', 'mine', 'mine'])
})

test('each request has its own signal', async () => {
  const own = createProvider({ baseUrl: server.baseUrl, apiKey: 'key' })
  const first = new AbortController()
  await own.chat(ask('one'), first.signal)
  first.abort()
  await own.chat(ask('two'), signal)
  await expect(own.chat(ask('three'), AbortSignal.abort())).rejects.toThrow('aborted')
})
