// The service as a program: `plumbline serve`.
import { createHttpFetch } from '@plumbline/core/transport'

import { createGateway } from './app.ts'
import { createPipelines } from './create-pipelines.ts'
import { startDashboard, type DashboardProcess } from './dashboard-process.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'
import { listen, type Listening } from './listen.ts'
import { createOperations } from './operations.ts'
import { startServer } from './server.ts'
import { help, readSettings, SettingError, type Settings } from './settings.ts'
import { warmUp } from './warm-up.ts'

/** Ctrl-C reaches every process of a terminal, and what has started this one passes it on: signals so close together are one, in ms. */
const sameSignalMs = 500

// Whoever reads what is printed may leave; the calls are other people's.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

try {
  const settings = readSettings(process.argv.slice(2), process.env)
  if (settings === undefined) process.stdout.write(help)
  else await run(settings)
} catch (error) {
  if (!(error instanceof SettingError)) throw error
  process.stderr.write(`${error.message}\n(add --help for what there is)\n`)
  process.exit(2)
}

async function run(asked: Settings): Promise<void> {
  const demo = asked.demo ? await (await import('./demo/start-demo.ts')).prepareDemo(asked) : undefined
  const settings = demo?.settings ?? asked
  const { port, host, metricsPort, limits } = settings
  const prometheus =
    metricsPort === 0 ? undefined : (await import('@plumbline/core/prometheus')).createPrometheusExporter()
  const { pipelines, close } = await createPipelines(settings, prometheus && [prometheus])
  const metrics = prometheus && createGatewayMetrics(prometheus.registry, () => gateway.admission)
  const gateway = createGateway({
    pipelines,
    keys: settings.keys,
    allowBuildHeader: settings.builds.length > 1,
    provider: {
      baseUrl: settings.providerUrl,
      apiKey: settings.providerKey,
      fetch: createHttpFetch(),
      deadlineMs: settings.deadlineMs,
    },
    limits: settings.limits,
    ...(metrics && { onRefusal: metrics.refused }),
  })
  // The demonstration is looked at, and should be there at once.
  if (demo === undefined) for (const build of settings.builds) await warmUp(build)
  const server = await startServer(gateway, { port, host, drainMs: limits.drainMs }).catch((error) =>
    toSettingError(error, '--port'),
  )
  let operations: Listening | undefined
  let dashboard: DashboardProcess | undefined
  /** Resolves with the calls that were cut off. */
  async function shutDown(): Promise<number> {
    await demo?.stopTraffic()
    const cutOff = await server.stop()
    await operations?.close()
    await dashboard?.stop()
    await close()
    await demo?.stop()
    return cutOff
  }
  let stoppingSinceMs: number | undefined
  async function stop(): Promise<void> {
    if (stoppingSinceMs !== undefined) {
      if (performance.now() - stoppingSinceMs < sameSignalMs) return
      // A second signal does not wait.
      process.exit(1)
    }
    stoppingSinceMs = performance.now()
    const cutOff = await shutDown()
    if (cutOff > 0)
      process.stderr.write(`Stopped after ${limits.drainMs} ms with ${cutOff} calls under way.\n`)
    process.exit(cutOff > 0 ? 1 : 0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())

  try {
    if (prometheus) {
      const app = createOperations({ pipelines, prometheus, gateway })
      operations = await listen(app, { port: metricsPort, host }).catch((error) =>
        toSettingError(error, 'PLUMBLINE_METRICS_PORT, or 0 there'),
      )
    }
    process.stdout.write(
      `${settings.builds.join(', ')} on ${server.url}/v1${settings.keys === 'dev' ? ', no keys' : ''}\n`,
    )
    if (operations) process.stdout.write(`metrics and health on ${operations.url}\n`)
    dashboard = await openDashboard(settings, operations?.url)
    if (dashboard) process.stdout.write(`dashboard on ${dashboard.url}${demo ? '/?range=15m' : ''}\n`)
    await demo?.startTraffic(pipelines)
  } catch (error) {
    // Calls may have come meanwhile: they end, and their records are kept.
    await shutDown()
    throw error
  }
}

/** Where there is a ledger to show, and a key to show it behind, or none is asked for. */
async function openDashboard(
  { ledgerPath, dashboardPort: port, dashboardKeyFile: keyFile, keys, host, demo }: Settings,
  operationsUrl: string | undefined,
): Promise<DashboardProcess | undefined> {
  if (ledgerPath === undefined || port === 0 || (keys !== 'dev' && keyFile === undefined)) return undefined
  try {
    return await startDashboard({ ledgerPath, port, host, operationsUrl, keyFile, demo })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SettingError(`The dashboard does not start (PLUMBLINE_DASHBOARD_PORT, 0: none): ${why}`)
  }
}

function toSettingError(error: unknown, setting: string): never {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error
  if (error.code === 'EADDRINUSE')
    throw new SettingError(`The port is taken: choose another one with ${setting}.`)
  // The name is not known, the address is not this machine's, the port is the system's.
  throw new SettingError(`It cannot listen there (--host, ${setting}): ${error.message}`)
}
