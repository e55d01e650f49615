import { format } from 'node:util'

const consoleMethods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

/** Notes what a library does behind its caller's back; see `watchProcess`. */
export interface ProcessWatch {
  /** Ends the watch. Resolves with what it noticed, one sentence each. */
  stop(): Promise<string[]>
}

/**
 * Watches this process for unhandled rejections, console output and warnings (a leak of listeners is one). One watch at
 * a time: scenarios run one after the other.
 */
export function watchProcess(): ProcessWatch {
  const noticed: string[] = []
  const onRejection = (reason: unknown): void => {
    noticed.push(
      `Unhandled rejection: ${reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)}`,
    )
  }
  const onWarning = (warning: Error): void => {
    // Node's own remarks on its features are not the entrant's.
    if (warning.name === 'ExperimentalWarning' || warning.name === 'DeprecationWarning') return
    noticed.push(`Process warning: ${warning.name}: ${warning.message}`)
  }
  const originals = consoleMethods.map((method) => [method, console[method]] as const)
  for (const method of consoleMethods) {
    console[method] = (...values: unknown[]) =>
      void noticed.push(`console.${method}: ${format(...values).slice(0, 200)}`)
  }
  process.on('unhandledRejection', onRejection)
  process.on('warning', onWarning)

  return {
    async stop() {
      // A rejection is reported after the microtasks of its turn; a few turns let the last ones come.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      process.off('unhandledRejection', onRejection)
      process.off('warning', onWarning)
      for (const [method, original] of originals) console[method] = original
      return noticed
    },
  }
}
