// The service as a program: `plumbline serve`.
import { createHttpFetch } from '@plumbline/core/transport'

import { createGateway } from './app.ts'
import { createPipelines } from './create-pipelines.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'
import { createOperations, startOperations } from './operations.ts'
import { startServer } from './server.ts'
import { help, readSettings, SettingError, type Settings } from './settings.ts'

try {
  const settings = readSettings(process.argv.slice(2), process.env)
  if (settings === undefined) process.stdout.write(help)
  else await run(settings)
} catch (error) {
  if (!(error instanceof SettingError)) throw error
  process.stderr.write(`${error.message}\n(add --help for what there is)\n`)
  // The one of its two ports that it has would keep it alive.
  process.exit(2)
}

async function run(settings: Settings): Promise<void> {
  const { port, host, metricsPort, limits } = settings
  const prometheus =
    metricsPort === 0 ? undefined : (await import('@plumbline/core/prometheus')).createPrometheusExporter()
  const { pipelines, close } = await createPipelines(settings, prometheus && [prometheus])
  const metrics = prometheus && createGatewayMetrics(prometheus.registry, () => gateway.admission)
  const gateway = createGateway({
    pipelines,
    keys: settings.keys,
    allowBuildHeader: settings.builds.length > 1,
    provider: { baseUrl: settings.providerUrl, apiKey: settings.providerKey, fetch: createHttpFetch() },
    limits: settings.limits,
    ...(metrics && { onRefusal: metrics.refused }),
  })
  const server = await startServer(gateway, { port, host, drainMs: limits.drainMs }).catch((error) =>
    toSettingError(error, '--port'),
  )
  const operations =
    prometheus &&
    (await startOperations(createOperations({ pipelines, prometheus, gateway }), {
      port: metricsPort,
      host,
    }).catch((error) => toSettingError(error, 'PLUMBLINE_METRICS_PORT, or 0 there')))
  process.stdout.write(
    `${settings.builds.join(', ')} on ${server.url}/v1${settings.keys === 'dev' ? ', no keys' : ''}\n`,
  )
  if (operations) process.stdout.write(`metrics and health on ${operations.url}\n`)

  let isStopping = false
  async function stop(): Promise<void> {
    // A second signal does not wait.
    if (isStopping) process.exit(1)
    isStopping = true
    const cutOff = await server.stop()
    await operations?.stop()
    await close()
    if (cutOff > 0)
      process.stderr.write(`Stopped after ${limits.drainMs} ms with ${cutOff} calls under way.\n`)
    process.exit(cutOff > 0 ? 1 : 0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
}

function toSettingError(error: unknown, setting: string): never {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    throw new SettingError(`The port is taken: choose another one with ${setting}.`)
  throw error
}
