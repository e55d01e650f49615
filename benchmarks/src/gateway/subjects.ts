import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'

import type { GatewayLoad } from '@plumbline/report'

import { isInstalledApart, pathApart } from '../guardrails/peers/installed-apart.ts'
import { repositoryRoot } from '../method/environment.ts'
import { programPath, startMeasured, type MeasuredProcess } from './measured-process.ts'

/** A row of the benchmark: where requests go, and the process whose CPU time is counted. */
export interface Subject {
  name: string
  /** With `/v1`. */
  baseUrl: string
  headers: Record<string, string>
  loads: readonly GatewayLoad[]
  /** Undefined where nothing stands between caller and provider. */
  process: MeasuredProcess | undefined
}

const portkeyPackage = '@portkey-ai/gateway'
const all: readonly GatewayLoad[] = ['chat', 'stream', 'hit']

/**
 * Starts what is compared, each in a process of its own over the same provider. Portkey as it is installed, with nothing switched on; it
 * has no hit, since the package has no cache: asked for its `simple` one it answers `x-portkey-cache-status: DISABLED` (1.15.2, tried
 * 2026-11-29). It stands on @hono/node-server 1.14.1, the newest with which it streams on Node (Portkey-AI/gateway#1389). The builds with keys, limits, guardrails, caches, metrics and a ledger. `notMeasured`: what is not installed.
 */
export async function startSubjects(providerUrl: string): Promise<{
  subjects: Subject[]
  notMeasured: { what: string; measuredBy: string }[]
  stop(): void
}> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-gateway-'))
  const key = 'plk-benchmark'
  const sha256 = createHash('sha256').update(key).digest('hex')
  const keysFile = join(folder, 'keys.json')
  writeFileSync(keysFile, JSON.stringify({ keys: [{ sha256, tenant: 'bench', requestsPerMinute: 1e9 }] }))

  let ledgers = 0
  async function startBuild(name: string, build: string): Promise<Subject> {
    const started = await startMeasured(join(repositoryRoot, 'apps/gateway/src/main.ts'), {
      nodeArgs: ['--conditions=@plumbline/source'],
      args: ['--port', '0', '--build', build],
      environment: {
        OPENAI_BASE_URL: providerUrl,
        OPENAI_API_KEY: 'benchmark',
        PLUMBLINE_KEYS_FILE: keysFile,
        PLUMBLINE_LEDGER_FILE: join(folder, `${ledgers++}.ledger`),
        PLUMBLINE_METRICS_PORT: String(await freePort()),
      },
    })
    const headers = { authorization: `Bearer ${key}` }
    return { name, baseUrl: `${started.address}/v1`, headers, loads: all, process: started }
  }

  async function startPortkey(): Promise<Subject> {
    const started = await startMeasured(pathApart(portkeyPackage, 'build/start-server.js'), {
      args: [`--port=${await freePort()}`, '--headless'],
      environment: { NODE_ENV: 'production' },
    })
    return {
      name: 'portkey',
      baseUrl: `${started.address.replace('localhost', '127.0.0.1')}/v1`,
      headers: {
        authorization: 'Bearer benchmark',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': providerUrl,
      },
      loads: ['chat', 'stream'],
      process: started,
    }
  }

  const origin = providerUrl.replace(/\/v1$/, '')
  const proxy = await startMeasured(programPath('bare-proxy'), { args: [origin] })
  const route = await startMeasured(programPath('hono-route'))
  const isPortkeyInstalled = isInstalledApart(portkeyPackage)
  const subjects: Subject[] = [
    { name: 'direct', baseUrl: providerUrl, headers: {}, loads: ['chat', 'stream'], process: undefined },
    {
      name: 'bare proxy',
      baseUrl: `${proxy.address}/v1`,
      headers: {},
      loads: ['chat', 'stream'],
      process: proxy,
    },
    ...(isPortkeyInstalled ? [await startPortkey()] : []),
    { name: 'Hono route', baseUrl: `${route.address}/v1`, headers: {}, loads: ['hit'], process: route },
    await startBuild('scratch', 'scratch'),
    await startBuild('scratch again (A/A)', 'scratch'),
    await startBuild('langchain', 'langchain'),
  ]
  return {
    subjects,
    notMeasured: isPortkeyInstalled
      ? []
      : [{ what: portkeyPackage, measuredBy: 'npm ci --prefix benchmarks/peers, then the same command' }],
    stop() {
      for (const { process: started } of subjects) started?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** For programs that cannot be told to take any port: one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  await new Promise((resolve) => server.close(resolve))
  return port
}
