import { Counter, Gauge, type Registry } from 'prom-client'

import type { Admission } from './admission.ts'
import { answerCodes } from './error-answer.ts'

/** What `/metrics` has of the service itself, beside the records of its calls. */
export interface GatewayMetrics {
  /** Counts what the gateway refused by itself or answered with an error, by its code. */
  refused(code: string): void
}

/**
 * Registers the service's own metrics: what it works on, what waits, what it refused, and what the process takes. Names by
 * https://prometheus.io/docs/practices/naming; those of the process are what every client library calls them.
 */
export function createGatewayMetrics(registry: Registry, admission: () => Admission): GatewayMetrics {
  const registers = [registry]
  const refusals = new Counter({
    name: 'gateway_refusals_total',
    help: 'Answers with an error, by its code: what the gateway refused, and calls that failed.',
    labelNames: ['code'],
    registers,
  })
  // A series that begins with its first error has had no increase: the alert on it would wait for the second.
  for (const code of answerCodes) refusals.inc({ code }, 0)
  gauge('gateway_requests_in_flight', 'Requests that are worked on.', () => admission().inFlight)
  gauge('gateway_requests_queued', 'Requests that wait for room.', () => admission().queued)
  gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss())
  const startedAt = Date.now() / 1000 - process.uptime()
  gauge('process_start_time_seconds', 'When the process began, since the epoch.', () => startedAt)
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      cpu.reset()
      cpu.inc((user + system) / 1e6)
    },
  })
  return { refused: (code) => refusals.inc({ code }) }

  function gauge(name: string, help: string, read: () => number): void {
    const one: Gauge = new Gauge({ name, help, registers, collect: () => one.set(read()) })
  }
}
