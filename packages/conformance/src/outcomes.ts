import type { Entrant } from './entrant.ts'
import type { Outcome } from './run.ts'

/** What an entrant did, kept in its workspace as `outcomes.json`. */
export interface RecordedOutcomes {
  entrant: string
  version: string
  /** Day of the recording, `YYYY-MM-DD`. */
  recorded: string
  outcomes: Outcome[]
}

/** Reads the text of an `outcomes.json`. Throws `TypeError` when it is not one. */
export function parseOutcomes(text: string): RecordedOutcomes {
  const value = JSON.parse(text) as Partial<RecordedOutcomes> | null // Checked on the next lines.
  if (
    typeof value?.entrant !== 'string' ||
    typeof value.version !== 'string' ||
    !Array.isArray(value.outcomes)
  ) {
    throw new TypeError('An outcomes file holds { entrant, version, recorded, outcomes: [{ id, outcome }] }.')
  }
  return value as RecordedOutcomes
}

/** The text of an `outcomes.json`. Links and what varies, written into the file by hand, are kept. */
export function formatOutcomes(
  entrant: Pick<Entrant, 'name' | 'version'>,
  outcomes: readonly Outcome[],
  options: { day: string; before?: RecordedOutcomes },
): string {
  const kept = new Map(options.before?.outcomes.map(({ id, link, varies }) => [id, { link, varies }]))
  const recorded: RecordedOutcomes = {
    entrant: entrant.name,
    version: entrant.version,
    recorded: options.day,
    outcomes: outcomes.map((outcome) => {
      const { link = outcome.link, varies } = kept.get(outcome.id) ?? {}
      return { ...outcome, ...(varies && { varies }), ...(link === undefined ? {} : { link }) }
    }),
  }
  return `${JSON.stringify(recorded, undefined, 2)}\n`
}

/**
 * What changed against the recording, naming clause, scenarios and version; undefined when the outcome is the recorded one, scenarios
 * that failed or were not asked included.
 */
export function compareOutcomes(
  recorded: RecordedOutcomes,
  entrant: Entrant,
  now: Outcome,
): string | undefined {
  // It says nothing of the entrant.
  if (now.skipped) return undefined
  const before = recorded.outcomes.find(({ id }) => id === now.id)
  const { failedScenarios: failedNow = [], notAsked: notAskedNow = [] } = now
  const { failedScenarios: failedBefore = [], notAsked: notAskedBefore = [] } = before ?? {}
  const { varies = [] } = before ?? {}
  const broken = failedNow.filter((name) => !failedBefore.includes(name) && !varies.includes(name))
  const dropped = notAskedNow.filter((name) => !notAskedBefore.includes(name))
  const taken = notAskedBefore.filter((name) => !notAskedNow.includes(name))
  const excused = new Set([...failedNow, ...notAskedNow, ...varies])
  const repaired = failedBefore.filter((name) => !excused.has(name))
  const changes = broken.length + repaired.length + dropped.length + taken.length
  if (before?.outcome === now.outcome && changes === 0) return undefined
  const was =
    before === undefined ? 'not recorded' : `${before.outcome} in ${recorded.version} (${recorded.recorded})`
  return [
    `${now.id}: ${entrant.name} ${entrant.version} was ${was} and is now ${now.outcome}.`,
    ...broken.map((name) => `  now fails: ${name}`),
    ...repaired.map((name) => `  now holds: ${name}`),
    ...dropped.map((name) => `  is not asked any more: ${name}`),
    ...taken.map((name) => `  is asked now: ${name}`),
    ...(now.reason === undefined ? [] : [`  ${now.reason}`]),
    `If that is so, record it again: npm run plumbline -- conformance --entrants ${entrant.name} --record`,
  ].join('\n')
}
