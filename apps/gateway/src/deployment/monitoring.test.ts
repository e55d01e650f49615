// The alert rules and the dashboard's queries, by a real Prometheus that scrapes a real gateway under load.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  chatAnswer,
  errorAnswer,
  lastText,
  promtoolMissing,
  startFaultServer,
  type FaultServer,
} from '@plumbline/conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { deployFile, root } from './files.ts'
import { freePort } from '../__fixtures__/free-port.ts'

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[]
}

// The file is ours.
const dashboard = JSON.parse(deployFile('grafana/dashboards/plumbline.json')) as Dashboard
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => [title, expr] as const),
)

// Where CI is set its absence is a failure.
describe.skipIf(promtoolMissing() !== undefined && process.env['CI'] === undefined)('with Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-monitoring-'))
  const children: ChildProcess[] = []
  let upstream: FaultServer
  let prometheusUrl = ''
  let gatewayUrl = ''

  beforeAll(async () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 100 }
    upstream = await startFaultServer((request) =>
      lastText(request) === 'break' ? errorAnswer(400) : chatAnswer(request, { text: 'An answer.', usage }),
    )
    const [metricsPort, prometheusPort] = [await freePort(), await freePort()]
    const gateway = run(
      process.execPath,
      [
        '--conditions=@plumbline/source',
        fileURLToPath(new URL('../main.ts', import.meta.url)),
        '--dev',
        '--port',
        '0',
      ],
      {
        OPENAI_BASE_URL: upstream.baseUrl,
        OPENAI_API_KEY: 'key',
        PLUMBLINE_METRICS_PORT: String(metricsPort),
      },
    )
    gatewayUrl = await addressOf(gateway)
    const config = deployFile('prometheus/prometheus.yml')
      .replace(/_interval: 15s/g, '_interval: 500ms')
      .replace('- alerts.yml', `- ${root}deploy/prometheus/alerts.yml`)
      // Without Docker there is no name to look up.
      .replace(/ {4}dns_sd_configs:[^]*/, `    static_configs: [{ targets: ['127.0.0.1:${metricsPort}'] }]\n`)
    const file = join(folder, 'prometheus.yml')
    writeFileSync(file, config)
    prometheusUrl = `http://127.0.0.1:${prometheusPort}`
    run('prometheus', [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      '--log.level=error',
    ])
    for (let tried = 0; tried < 200 && !(await isReady(`${prometheusUrl}/-/ready`)); tried++) await sleep(100)
  }, 40_000)
  afterAll(async () => {
    for (const child of children) {
      child.kill()
      if (child.exitCode === null) await once(child, 'exit')
    }
    await upstream.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('promtool finds nothing wrong with configuration and rules, and each rule fires when it should', () => {
    for (const args of [
      ['check', 'config', '--syntax-only', 'prometheus.yml'],
      ['check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, {
        cwd: `${root}deploy/prometheus`,
        encoding: 'utf8',
      })
      expect([status, status === 0 ? '' : `${stdout}${stderr}`], args.join(' ')).toEqual([0, ''])
    }
  })

  test('every query of the dashboard has data while the gateway is loaded', async () => {
    let missing = queries.map(([title]) => title)
    // Prometheus wants a counter to have moved between two scrapes.
    for (let turn = 0; turn < 60 && missing.length > 0; turn++) {
      await load(turn)
      await sleep(200)
      missing = []
      for (const [title, expr] of queries) if (!(await hasData(expr))) missing.push(title)
    }
    expect(missing).toEqual([])
  }, 40_000)

  test('Prometheus has taken up the alert rules, and none of them is broken', async () => {
    const { data } = (await (await fetch(`${prometheusUrl}/api/v1/rules`)).json()) as {
      data: { groups: { rules: { name: string; health: string }[] }[] }
    }
    const rules = data.groups.flatMap((group) => group.rules)
    expect(rules.length).toBeGreaterThan(5)
    expect(rules.filter(({ health }) => health === 'err')).toEqual([])
  })

  /** Each kind of call that the panels tell apart. */
  async function load(turn: number): Promise<void> {
    const ask = async (content: string, more: object = {}): Promise<void> => {
      const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-plumbline-endpoint': '/answers', 'x-plumbline-prompt-version': 'v1' },
        body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }], ...more }),
      })
      await response.text()
    }
    await Promise.all([
      ask(`question ${turn}`),
      ask('the same', { temperature: 0 }),
      ask(`stream ${turn}`, { stream: true }),
      ask('break'),
    ])
  }

  async function hasData(expr: string): Promise<boolean> {
    const query = expr.replaceAll('$__rate_interval', '10s').replaceAll(/\$(tenant|model)/g, '.*')
    const response = await fetch(`${prometheusUrl}/api/v1/query?${String(new URLSearchParams({ query }))}`)
    // https://prometheus.io/docs/prometheus/latest/querying/api
    const { data, error } = (await response.json()) as {
      data?: { result: { value: [number, string] }[] }
      error?: string
    }
    if (error !== undefined) throw new Error(`${query}: ${error}`)
    return data?.result.some(({ value }) => Number.isFinite(Number(value[1]))) ?? false
  }

  function run(command: string, args: string[], environment: Record<string, string> = {}): ChildProcess {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    })
    children.push(child)
    return child
  }
})

async function addressOf(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const piece of child.stdout ?? []) {
    text += String(piece)
    const found = /http:\/\/[\w.]+:\d+/.exec(text)?.[0]
    if (found !== undefined) return found
  }
  throw new Error('The gateway has not started.')
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}
