import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { readCalls } from '@plumbline/core/ledger'

export const tenants = ['acme', 'other'] as const

/** One gateway, as it is served, with two tenants, a ledger and a provider that echoes. */
export interface Stage {
  gatewayUrl: string
  gateway: ChildProcess
  provider: ChildProcess
  providerPort: number
  /** Starts the provider again, where it was. */
  restartProvider(): Promise<void>
  /** The record ids in the ledger, once the gateway has ended. */
  recorded(): Set<string>
  stop(): Promise<void>
}

export function keyOf(tenant: string): string {
  return `plk-${tenant}`
}

export async function setStage(build: string, environment: Record<string, string> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-hard-'))
  const ledger = join(folder, 'calls.ledger')
  const keys = tenants.map((tenant) => ({
    sha256: createHash('sha256').update(keyOf(tenant)).digest('hex'),
    tenant,
    requestsPerMinute: 1e9,
  }))
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys }))
  const providerFile = fileURLToPath(new URL('echo-provider.ts', import.meta.url))
  const startProvider = (port: number): Promise<Started> => startProgram(providerFile, [String(port)], {}, [])
  const first = await startProvider(0)
  const providerPort = Number(new URL(first.address).port)
  const gatewayFile = fileURLToPath(new URL('../../apps/gateway/src/main.ts', import.meta.url))
  const gateway = await startProgram(
    gatewayFile,
    ['--port', '0', '--build', build],
    {
      OPENAI_BASE_URL: `${first.address}/v1`,
      OPENAI_API_KEY: 'upstream-key',
      PLUMBLINE_KEYS_FILE: join(folder, 'keys.json'),
      PLUMBLINE_LEDGER_FILE: ledger,
      PLUMBLINE_METRICS_PORT: '0',
      ...environment,
    },
    ['--conditions=@plumbline/source'],
  )
  const stage: Stage = {
    gatewayUrl: gateway.address,
    gateway: gateway.child,
    provider: first.child,
    providerPort,
    async restartProvider() {
      stage.provider = (await startProvider(providerPort)).child
    },
    recorded() {
      const ids = new Set<string>()
      readCalls({ path: ledger }, ({ id }) => ids.add(id))
      return ids
    },
    async stop() {
      for (const child of [stage.gateway, stage.provider]) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return stage
}

interface Started {
  child: ChildProcess
  address: string
}

async function startProgram(
  file: string,
  args: string[],
  environment: Record<string, string>,
  nodeArgs: string[],
): Promise<Started> {
  const child = spawn(process.execPath, [...nodeArgs, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  })
  const address = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (piece: Buffer) => {
      text += String(piece)
      const found = /http:\/\/[\w.]+:\d+/.exec(text)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}.`)))
  })
  return { child, address }
}
