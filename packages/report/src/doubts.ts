import { wasBusy } from './captions.ts'
import type { Report } from './report.ts'
import type { ShownTrace } from './shown-traces.ts'

/** Reasons to doubt a report: those that always hold, and those that its own figures give. */
export function reasonsToDoubt(report: Report, traces: readonly ShownTrace[]): string[] {
  const stale = traces.filter((trace) => trace.stale).length
  const wrong = traces.some(({ impact }) => impact.settings.some(({ wrongAnswers }) => wrongAnswers > 0))
  const setByReplay = traces.filter(
    ({ impact }) => impact.trace.temperature === 'set to 0 by the replay',
  ).length
  return [
    'The same authors wrote the contract, the suite and both builds, and both builds share one core: what is in the core cannot tell them apart.',
    'The provider is simulated. Its times are assumptions that are printed with the results; a real one has other times, and queues.',
    'A trace is one kind of traffic. What caches save depends on how often requests repeat and may be cached, more than on who built them.',
    ...(setByReplay > 0
      ? [
          `${setByReplay === 1 ? 'One trace has' : `${setByReplay} traces have`} no temperature of its own; the replay set it to 0, so the default policy may cache all of it.`,
        ]
      : []),
    ...(stale > 0
      ? [
          `${stale === 1 ? 'One trace is' : `${stale} traces are`} stale: the sources have changed since it was replayed.`,
        ]
      : []),
    ...(wrong
      ? ['Some entrant gave wrong answers from its cache. What it saved by that is in its figures.']
      : []),
    ...(report.environment.dirty ? ['The checkout had local changes that are not in the commit.'] : []),
    ...(wasBusy(report.environment) ? ['The machine was busy with other things while it measured.'] : []),
    'To contest a row: every figure comes from committed sources, and one command measures it again on your machine.',
  ]
}
