import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { provider, startFaultServer, type FaultServer } from '@plumbline/conformance'
import { afterEach, beforeEach, expect, test } from 'vitest'

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
