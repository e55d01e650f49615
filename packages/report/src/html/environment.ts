import { describePackages, wasBusy } from '../captions.ts'
import type { Report } from '../report.ts'
import { markup, type Markup } from './markup.ts'

/** Where and from what the report was measured. */
export function environmentSection({ environment, startedAt, endedAt, schemaVersion }: Report): Markup {
  const facts: [string, string][] = [
    ['started', startedAt],
    ['ended', endedAt],
    ['commit', `${environment.commit}${environment.dirty ? ', with local changes' : ''}`],
    ['lockfile SHA-256', environment.lockfileHash],
    ['inputs SHA-256', environment.inputsHash],
    ['packages', describePackages(environment)],
    ['Node', environment.node],
    ['system', environment.os],
    ['processor', `${environment.cores} x ${environment.cpu}`],
    [
      'load average',
      `${environment.loadAverage.toFixed(2)}${wasBusy(environment) ? ', the machine was busy with other things' : ''}`,
    ],
    ['schema version', String(schemaVersion)],
  ]
  return markup`<h3 id="environment">Environment</h3>
<dl>${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}
