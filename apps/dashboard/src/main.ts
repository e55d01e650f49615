// The dashboard as a program: `plumbline dashboard`, and beside a gateway.
import { LedgerError, openLedgerReader } from '@plumbline/core/ledger'

import { createDashboard } from './app.ts'
import { buildPage } from './build-page.ts'
import { createHealthReader } from './gateway-health.ts'
import { createOverviewReader } from './read-overview.ts'
import { startServer } from './server.ts'
import { createSessions } from './sessions.ts'
import { readSettings, SettingError } from './settings.ts'

// Whoever reads what is printed may leave; the page is other people's.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

try {
  await run()
} catch (error) {
  const isExpected = error instanceof SettingError || error instanceof LedgerError
  if (!isExpected) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(2)
}

async function run(): Promise<void> {
  const { ledgerPath, port, host, gatewayUrl, keySha256, demo } = readSettings(process.argv.slice(2))
  assertReadable(ledgerPath)
  const app = createDashboard({
    ledgerPath,
    page: await buildPage({ demo }),
    readOverview: createOverviewReader(ledgerPath),
    readHealth: createHealthReader(gatewayUrl),
    sessions: keySha256 === undefined ? undefined : createSessions(keySha256),
    onFailure: (error) => process.stderr.write(`dashboard: ${String(error)}\n`),
  })
  const server = await startServer(app, { port, host })
  process.stdout.write(`dashboard on ${server.url}\n`)
  const stop = (): void => void server.stop().then(() => process.exit(0))
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // A gateway that has started it is gone.
  process.on('disconnect', stop)
}

/** Throws `LedgerError` for what is no ledger, `SettingError` for what cannot be opened at all, such as a folder. */
function assertReadable(path: string): void {
  try {
    openLedgerReader(path).close()
  } catch (error) {
    if (error instanceof LedgerError) throw error
    throw new SettingError(
      `--ledger ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}
