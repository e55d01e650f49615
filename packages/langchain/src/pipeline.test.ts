import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { provider, startFaultServer, type FaultServer } from '@plumbline/conformance'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createChatModel } from './chat-model.ts'
import { createPipeline } from './pipeline.ts'

let server: FaultServer
/** Number of the connection that each request came on. */
let connections: number[]
/** Who closed each connection. */
let closed: string[]

beforeEach(async () => {
  const own = { connections: [] as number[], closed: [] as string[] }
  ;({ connections, closed } = own)
  server = await startFaultServer(provider({ text: 'Yes.' }), {
    onRequest: (_, connection) => own.connections.push(connection),
    onClose: (connection) => own.closed.push(connection.closed),
  })
})
afterEach(() => server.close())

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Hello' }] }

test('calls, probes included, share a kept connection, which close() closes', async () => {
  const pipeline = createPipeline({ provider: { baseUrl: server.baseUrl, apiKey: 'test' } })
  await pipeline.chat(ask)
  for await (const _ of pipeline.stream(ask));
  await pipeline.embed({ model: 'text-embedding-3-small', input: 'Hello' })
  await pipeline.health()
  expect(connections).toEqual([1, 1, 1, 1])
  await pipeline.close()
  await expect.poll(() => closed).toEqual(['by the client'])
})

test('a fetch of the caller’s own is used for every call, and close() leaves its connections', async () => {
  const asked: (string | undefined)[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    // The SDK asks with a text; a fetch that follows redirects would take the key along.
    asked.push(`${String(input).slice(server.baseUrl.length)} ${init?.redirect}`)
    return globalThis.fetch(input, init)
  }
  const pipeline = createPipeline({ provider: { baseUrl: server.baseUrl, apiKey: 'test', fetch } })
  await pipeline.chat(ask)
  await pipeline.embed({ model: 'text-embedding-3-small', input: 'Hello' })
  await pipeline.health()
  await pipeline.close()
  expect(asked).toEqual(['/chat/completions manual', '/embeddings manual', '/models manual'])
  expect(connections.length).toBe(3)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(closed).toEqual([])
})

/** What a fetch was given, with the texts that tell the calls apart taken out. */
function listen(): { sent: unknown[]; fetch: typeof globalThis.fetch } {
  const sent: unknown[] = []
  return {
    sent,
    fetch(input, init) {
      const headers = Object.fromEntries(new Headers(init?.headers))
      const body = typeof init?.body === 'string' ? init.body.replace(/number \d/, 'number N') : init?.body
      sent.push([input, init?.method, headers, body])
      return globalThis.fetch(input, init)
    },
  }
}

test('address and headers of later requests are those that the SDK has built for the first', async () => {
  const { sent, fetch } = listen()
  const off = { guardrails: false, responseCache: false, embeddingCache: false } as const
  const pipeline = createPipeline({ provider: { baseUrl: server.baseUrl, apiKey: 'key', fetch }, ...off })
  for (let number = 0; number < 3; number++) {
    const messages = [{ role: 'user' as const, content: `number ${number}` }]
    await pipeline.chat({ ...ask, messages })
    for await (const _ of pipeline.stream({ ...ask, messages }));
    await pipeline.embed({ model: 'text-embedding-3-small', input: `number ${number}` })
  }
  expect(sent.slice(3, 6)).toEqual(sent.slice(0, 3))
  expect(sent.slice(6)).toEqual(sent.slice(0, 3))
  const contents = server.journal.flatMap(({ body }) => JSON.stringify(body).match(/number \d/) ?? [])
  expect(contents.map((text) => text.slice(-1)).join('')).toBe('000111222')
})

test('a key that a function gives is asked for each time', async () => {
  const { sent, fetch } = listen()
  let given = 0
  const apiKey = async () => `key ${++given}`
  const model = createChatModel(
    { model: 'gpt-4o', apiKey, configuration: { baseURL: server.baseUrl, fetch } },
    {},
  )
  for (let call = 0; call < 3; call++) await model.invoke('Hello')
  const keys = JSON.stringify(sent).match(/Bearer key \d/g)
  expect(keys).toEqual(['Bearer key 1', 'Bearer key 2', 'Bearer key 3'])
})

test('headers that a call brings along are its own', async () => {
  const { sent, fetch } = listen()
  const fields = { model: 'gpt-4o', apiKey: 'key', configuration: { baseURL: server.baseUrl, fetch } }
  const model = createChatModel(fields, {})
  for (const trace of [undefined, 'one', undefined, 'two'])
    await model.invoke('Hello', trace === undefined ? {} : { options: { headers: { 'x-trace': trace } } })
  expect(JSON.stringify(sent).match(/"x-trace":"\w+"/g)).toEqual(['"x-trace":"one"', '"x-trace":"two"'])
  expect(sent).toHaveLength(4)
})

test('a pipeline that nobody closes does not keep the process', async () => {
  const module = new URL('pipeline.ts', import.meta.url).href
  const options = { provider: { baseUrl: server.baseUrl, apiKey: 'test' } }
  const program = `const { createPipeline } = await import(${JSON.stringify(module)})
    const { response } = await createPipeline(${JSON.stringify(options)}).chat(${JSON.stringify(ask)})
    const answeredMs = performance.now()
    process.on('exit', () => console.log(response.choices[0].message.content, performance.now() - answeredMs))`
  const args = ['--conditions=@plumbline/source', '--input-type=module', '-e', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 100_000 })
  const [, leftMs = Number.NaN] = /^Yes\. ([\d.]+)\n$/.exec(stdout) ?? []
  // An idle connection is closed after 4 s anyway.
  expect(Number(leftMs)).toBeLessThan(3_000)
})

test.each(['responseCache', 'embeddingCache'])(
  'a lifetime of %s that is none is refused at once',
  (cache) => {
    const nowhere = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'test' }
    for (const ttlMs of [0, -1, Number.NaN, Infinity])
      expect(() => createPipeline({ provider: nowhere, [cache]: { ttlMs } })).toThrow(`${cache}.ttlMs`)
  },
)
