import { fromCaller } from '../from-caller.ts'
import { runApp } from '../run-app.ts'

export interface DashboardFlags {
  ledger: string
  port: string
  host: string
  gateway?: string
  keyFile?: string
}

/** The live page over a ledger file. Resolves when it was stopped, with its exit code. */
export function dashboardCommand({ ledger, port, host, gateway, keyFile }: DashboardFlags): Promise<number> {
  return runApp('dashboard', [
    '--ledger',
    fromCaller(ledger),
    '--port',
    port,
    '--host',
    host,
    ...(gateway === undefined ? [] : ['--gateway', gateway]),
    ...(keyFile === undefined ? [] : ['--key-file', fromCaller(keyFile)]),
  ])
}
