import {
  chatAnswer,
  promtoolFindings,
  promtoolMissing,
  startFaultServer,
  type FaultServer,
} from '@plumbline/conformance'
import { createPrometheusExporter } from '@plumbline/core/prometheus'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createGateway, type Gateway } from './app.ts'
import { createPipelines } from './create-pipelines.ts'
import { listen, type Listening } from './listen.ts'
import { createOperations } from './operations.ts'
import { readSettings } from './settings.ts'
import { startServer, type RunningServer } from './server.ts'

const usage = { prompt_tokens: 1000, completion_tokens: 100 }
let upstream: FaultServer
let gateway: Gateway
let server: RunningServer
let operations: Listening
let close: () => Promise<void>

/** Both builds over a Redis that is not there. */
beforeEach(async () => {
  upstream = await startFaultServer((request) =>
    request.path.endsWith('/models')
      ? { steps: [{ text: '{"object":"list","data":[]}' }] }
      : chatAnswer(request, { text: 'ANSWERWORD', usage }),
  )
  const settings = readSettings(['--dev', '--port', '0'], {
    OPENAI_BASE_URL: upstream.baseUrl,
    OPENAI_API_KEY: 'sk-KEYWORD',
    PLUMBLINE_ALLOW_BUILD_HEADER: 'true',
    REDIS_URL: 'redis://127.0.0.1:1',
  })
  if (settings === undefined) throw new Error('There are no settings.')
  const prometheus = createPrometheusExporter()
  const made = await createPipelines(settings, [prometheus])
  close = made.close
  const provider = { baseUrl: upstream.baseUrl, apiKey: 'sk-KEYWORD', fetch: globalThis.fetch }
  gateway = createGateway({ pipelines: made.pipelines, keys: 'dev', allowBuildHeader: true, provider })
  server = await startServer(gateway, { port: 0, drainMs: 100 })
  const app = createOperations({ pipelines: made.pipelines, prometheus, gateway })
  operations = await listen(app, { port: 0, host: '127.0.0.1' })
  // LangChain takes a second to load, and more on a busy machine.
}, 60_000)
afterEach(async () => {
  await server.stop()
  await operations.close()
  await close()
  await upstream.close()
})

async function ask(build: string): Promise<number> {
  const { status } = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-plumbline-build': build },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'PROMPTWORD' }] }),
  })
  return status
}

async function get(path: string): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(`${operations.url}${path}`)
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

test('/metrics has the calls of both builds, without prompts, answers and keys; callers do not get it', async () => {
  expect([await ask('scratch'), await ask('langchain')]).toEqual([200, 200])
  const { status, type, text } = await get('/metrics')
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  const lines = text.split('\n')
  const labels = 'operation="chat",model="gpt-4o",endpoint="(none)",prompt_version="(none)",tenant="dev"'
  // Twice 1,000 input tokens at 2.50 and 100 output tokens at 10.00 USD per million.
  expect(lines).toContain(`llm_cost_usd_total{${labels}} 0.007`)
  expect(lines.filter((line) => line.startsWith('llm_calls_total{')).map((line) => line.at(-1))).toEqual([
    '2',
  ])
  for (const word of ['PROMPTWORD', 'ANSWERWORD', 'KEYWORD']) expect(text).not.toContain(word)
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
})

// Where CI is set its absence is a failure.
test.skipIf(promtoolMissing() !== undefined && process.env['CI'] === undefined)(
  'promtool finds nothing to say of /metrics',
  async () => {
    await ask('scratch')
    expect(promtoolFindings((await get('/metrics')).text)).toBe('')
  },
)

test('a dead Redis is degraded with 200, a dead provider is not; each build says so', async () => {
  const degraded = await get('/healthz')
  expect(degraded.status).toBe(200)
  expect(JSON.parse(degraded.text)).toMatchObject({
    status: 'warn',
    builds: {
      scratch: { parts: { provider: { status: 'pass' }, store: { status: 'warn' } } },
      langchain: { parts: { provider: { status: 'pass' }, store: { status: 'warn' } } },
    },
  })
  await upstream.close()
  const failed = await get('/healthz')
  expect([failed.status, (JSON.parse(failed.text) as { status: string }).status]).toEqual([503, 'fail'])
  expect(failed.text).not.toContain('KEYWORD')
})

test('it is ready until it stops, and alive until it has', async () => {
  expect([(await get('/readyz')).status, (await get('/livez')).status]).toEqual([200, 200])
  gateway.drain()
  expect([(await get('/readyz')).status, (await get('/livez')).status]).toEqual([503, 200])
})
