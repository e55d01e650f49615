import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export interface DashboardProcessOptions {
  ledgerPath: string
  port: number
  host: string
  /** Where this gateway answers `/healthz`; undefined: nowhere. */
  operationsUrl: string | undefined
  /** The file with the hash of the dashboard's key; undefined: no key, loopback only. */
  keyFile: string | undefined
  demo: boolean
}

export interface DashboardProcess {
  /** `http://127.0.0.1:9465`, without a path. */
  url: string
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../../dashboard/src/main.ts', import.meta.url))

/**
 * The dashboard in a process of its own: a week of a large ledger takes seconds to sum up, and no call waits for it. Rejects with what
 * it says when it does not start; one that ends later is missed by nobody but its readers, and stderr says so.
 */
export async function startDashboard(options: DashboardProcessOptions): Promise<DashboardProcess> {
  const { ledgerPath, port, host, operationsUrl, keyFile, demo } = options
  const args = ['--ledger', ledgerPath, '--port', String(port), '--host', host]
  if (operationsUrl !== undefined) args.push('--gateway', operationsUrl)
  if (keyFile !== undefined) args.push('--key-file', keyFile)
  if (demo) args.push('--demo')
  // Of the environment it needs nothing: what is secret there stays here.
  const child = spawn(process.execPath, ['--conditions=@plumbline/source', program, ...args], {
    env: {},
    // The channel carries nothing: it breaks when this process ends, however it ends, and the dashboard ends with it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = once(child, 'exit')
  const url = await Promise.race([
    urlSaid(child.stdout),
    ended.then(() => Promise.reject(new Error(said.trim() || 'The dashboard did not start.'))),
  ])
  void ended.then(([code]) => {
    if (code !== 0) process.stderr.write(`The dashboard has ended: ${said.trim()}\n`)
  })
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Never settles when it says nothing: its end says why. */
function urlSaid(output: Readable | null): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    output?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const url = /^dashboard on (\S+)\n/m.exec(text)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
}
