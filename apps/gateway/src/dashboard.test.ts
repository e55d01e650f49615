// The dashboard as the gateway runs it, and the demonstration as `plumbline serve --dev --demo` does.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { chatAnswer, errorAnswer, lastText, startFaultServer } from '@plumbline/conformance'
import { readUsage } from '@plumbline/core/ledger'
import { createPrometheusExporter } from '@plumbline/core/prometheus'
import { findChromium, openChromium } from '@plumbline/report/test-browser'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createGateway } from './app.ts'
import { createPipelines } from './create-pipelines.ts'
import { startDashboard } from './dashboard-process.ts'
import { demoRequests, demoTenants, type DemoRequest } from './demo/demo-traffic.ts'
import { createKey } from './keys.ts'
import { listen } from './listen.ts'
import { createOperations } from './operations.ts'
import { startServer } from './server.ts'
import { readSettings } from './settings.ts'
import { freePort } from './__fixtures__/free-port.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-gateway-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('calls through the gateway are on its dashboard, behind a key of its own, with the build that made them', async () => {
  await using stack = new AsyncDisposableStack()
  const upstream = await startFaultServer((exchange) =>
    exchange.path.endsWith('/models')
      ? { steps: [{ text: '{"object":"list","data":[]}' }] }
      : lastText(exchange) === 'break'
        ? errorAnswer(400, { message: 'no' })
        : chatAnswer(exchange, { text: 'yes' }),
  )
  stack.defer(() => upstream.close())
  const ledgerPath = join(folder, 'calls.ledger')
  const acme = createKey('acme')
  const keyFile = join(folder, 'dashboard.sha256')
  writeFileSync(keyFile, `${createHash('sha256').update('look').digest('hex')}  -\n`)
  const settings = readSettings(['--dev', '--port', '0'], {
    OPENAI_BASE_URL: upstream.baseUrl,
    OPENAI_API_KEY: 'sk-KEYWORD',
    PLUMBLINE_ALLOW_BUILD_HEADER: 'true',
    PLUMBLINE_LEDGER_FILE: ledgerPath,
  })
  if (settings === undefined) throw new Error('There are no settings.')
  const prometheus = createPrometheusExporter()
  const { pipelines, close } = await createPipelines(settings, [prometheus])
  stack.defer(close)
  const gateway = createGateway({
    pipelines,
    keys: [acme.entry],
    allowBuildHeader: true,
    provider: { baseUrl: upstream.baseUrl, apiKey: 'sk-KEYWORD', fetch: globalThis.fetch },
  })
  const server = await startServer(gateway, { port: 0, drainMs: 100 })
  stack.defer(async () => void (await server.stop()))
  const operations = await listen(createOperations({ pipelines, prometheus, gateway }), {
    port: 0,
    host: '127.0.0.1',
  })
  stack.defer(() => operations.close())
  const options = {
    ledgerPath,
    port: 0,
    host: '127.0.0.1',
    operationsUrl: operations.url,
    keyFile,
    demo: false,
  }
  const dashboard = await startDashboard(options)
  stack.defer(() => dashboard.stop())

  for (const [build, content, temperature] of [
    ['scratch', 'hello', 0],
    ['scratch', 'hello', 0],
    ['langchain', 'again', 1],
    ['langchain', 'break', 1],
  ] as const) {
    await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${acme.key}`, 'x-plumbline-build': build },
      body: JSON.stringify({ model: 'gpt-4o', temperature, messages: [{ role: 'user', content }] }),
    })
  }
  const look = (path: string, key: string): Promise<Response> =>
    fetch(`${dashboard.url}${path}`, { headers: { authorization: `Bearer ${key}` } })
  expect([
    (await fetch(`${dashboard.url}/api/overview`)).status,
    (await look('/api/overview', acme.key)).status,
  ]).toEqual([401, 401])
  const overview = async (): Promise<{
    total: object
    groups: { build: { value: string; totalCalls: number }[] }
  }> => (await (await look('/api/overview', 'look')).json()) as never // As apps/dashboard writes it.
  await expect
    .poll(async () => (await overview()).total, { timeout: 60_000 })
    .toMatchObject({ totalCalls: 4, hits: 1, failed: 1 })
  const { total, groups } = readUsage({ path: ledgerPath, by: 'build' })
  const shown = await overview()
  const { successRate: _, ...figures } = total
  expect(shown.total).toMatchObject(figures)
  const counts = (all: readonly { value: string; totalCalls: number }[]): Record<string, number> =>
    Object.fromEntries(all.map(({ value, totalCalls }) => [value, totalCalls]))
  expect(counts(shown.groups.build)).toEqual(counts(groups))
  expect(counts(groups)).toEqual({ scratch: 2, langchain: 2 })
  expect(await (await look('/api/health', 'look')).json()).toMatchObject({
    state: 'known',
    builds: {
      scratch: { parts: { breaker: { status: 'pass' } } },
      langchain: { parts: { ledger: { status: 'pass' } } },
    },
  })
}, 120_000)

test('a dashboard that does not start says why', async () => {
  const options = {
    ledgerPath: join(folder, 'none.ledger'),
    port: 0,
    host: '127.0.0.1',
    operationsUrl: undefined,
    keyFile: undefined,
    demo: false,
  }
  await expect(startDashboard(options)).rejects.toThrow('There is no file')
})

test('the traffic of the demonstration is the same for the same seed, and has everything that the page shows', () => {
  const take = (seed: number): DemoRequest[] => {
    const requests = demoRequests(seed, ['scratch', 'langchain'])
    return Array.from({ length: 500 }, () => requests.next().value)
  }
  expect(take(1)).toEqual(take(1))
  expect(take(1)).not.toEqual(take(2))
  const requests = take(1)
  const kinds = (of: (request: DemoRequest) => unknown): Set<unknown> => new Set(requests.map(of))
  expect(kinds(({ tenant }) => tenant)).toEqual(new Set(demoTenants))
  expect(kinds(({ headers }) => headers['x-plumbline-build']).size).toBe(2)
  expect(kinds(({ body }) => body.model).size).toBe(3)
  expect(kinds(({ body }) => body.stream).size).toBe(2)
})

// Where CI is set its absence is a failure.
test.skipIf(findChromium() === undefined && process.env['CI'] === undefined)(
  'serve --dev --demo: a browser shows figures that move, and nothing is left when it stops',
  async () => {
    const plumbline = fileURLToPath(new URL('../../cli/bin/plumbline.mjs', import.meta.url))
    const env = {
      PATH: process.env['PATH'],
      TMPDIR: folder,
      PLUMBLINE_METRICS_PORT: String(await freePort()),
      PLUMBLINE_DASHBOARD_PORT: String(await freePort()),
    }
    const demo = spawn(
      process.execPath,
      [plumbline, 'serve', '--dev', '--demo', '--port', String(await freePort())],
      { env },
    )
    const ended = once(demo, 'exit')
    let said = ''
    demo.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    demo.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const browser = await openChromium()
    try {
      await expect.poll(() => said, { timeout: 60_000 }).toContain('dashboard on ')
      const url = /dashboard on (\S+)/.exec(said)?.[1] ?? ''
      const page = await browser.newPage()
      await page.goto(url)
      await page.getByText('demo: modelled provider and traffic').waitFor()
      const requests = page.locator('#tile-requests strong')
      await requests.waitFor({ timeout: 60_000 })
      const before = Number((await requests.innerText()).replaceAll(',', ''))
      await expect
        .poll(async () => Number((await requests.innerText()).replaceAll(',', '')), { timeout: 60_000 })
        .toBeGreaterThan(before)
      await page.locator('.health h3', { hasText: 'langchain' }).waitFor()
    } finally {
      await browser.close()
      demo.kill('SIGINT')
    }
    expect(await ended).toEqual([0, null])
    expect(readdirSync(folder).filter((name) => name.startsWith('plumbline-demo'))).toEqual([])
  },
  180_000,
)
