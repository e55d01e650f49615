import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Pipeline } from '@plumbline/core'
import { createHttpFetch } from '@plumbline/core/transport'

import { createGateway } from '../app.ts'
import type { BuildName } from '../gateway-options.ts'
import { createKey } from '../keys.ts'
import { startServer } from '../server.ts'
import type { Settings } from '../settings.ts'
import { startDemoProvider } from './demo-provider.ts'
import { demoTenants, startDemoTraffic } from './demo-traffic.ts'

/** What a demonstration runs on: a provider of its own, a ledger that goes when it ends, caches in memory. */
export interface Demo {
  settings: Settings
  /** Tenants with keys of their own call the same pipelines, through a gateway of theirs. */
  startTraffic(pipelines: ReadonlyMap<BuildName, Pipeline>): Promise<void>
  stopTraffic(): Promise<void>
  /** Takes the provider and the ledger away, once nothing uses them. */
  stop(): Promise<void>
}

/** Puts the demonstration's provider and ledger in the place of those of the settings. */
export async function prepareDemo(settings: Settings): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-demo-'))
  const provider = await startDemoProvider()
  const builds: BuildName[] = ['scratch', 'langchain']
  let stopTraffic = async (): Promise<void> => {}
  return {
    settings: {
      ...settings,
      builds,
      providerUrl: provider.baseUrl,
      providerKey: 'demo',
      ledgerPath: join(folder, 'demo.ledger'),
      redisUrl: undefined,
      cachePath: undefined,
    },
    async startTraffic(pipelines) {
      const keys = demoTenants.map((tenant) => ({ tenant, ...createKey(tenant) }))
      const gateway = createGateway({
        pipelines,
        keys: keys.map(({ entry }) => entry),
        allowBuildHeader: true,
        provider: { baseUrl: provider.baseUrl, apiKey: 'demo', fetch: createHttpFetch() },
      })
      const server = await startServer(gateway, { port: 0, drainMs: 1_000 })
      const traffic = startDemoTraffic({
        url: server.url,
        keys: new Map(keys.map(({ tenant, key }) => [tenant, key])),
        builds,
      })
      stopTraffic = async () => {
        traffic.stop()
        await server.stop()
      }
    },
    stopTraffic: () => stopTraffic(),
    async stop() {
      await provider.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
