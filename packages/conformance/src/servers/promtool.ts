import { spawnSync } from 'node:child_process'

import { findBinary } from './find-binary.ts'

/** Why Prometheus' own check cannot be run here; undefined when it can. */
export function promtoolMissing(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return findBinary(['promtool'], environment) === undefined ? 'There is no promtool on the PATH.' : undefined
}

/**
 * What `promtool check metrics` has to say of a text in Prometheus' format: empty when it finds nothing
 * (https://prometheus.io/docs/prometheus/latest/command-line/promtool). Throws when it cannot be run.
 */
export function promtoolFindings(text: string): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  })
  if (error) throw new Error('promtool cannot be run.', { cause: error })
  const findings = `${stdout}${stderr}`.trim()
  return status === 0 ? findings : findings || `promtool ended with ${status}.`
}
