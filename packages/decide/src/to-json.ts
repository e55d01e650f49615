import type { Advice } from './decide.ts'
import type { Evidence } from './evidence.ts'

/** Version of the JSON: additions keep it. */
const schemaVersion = 1

/** The advice as scripts read it: what `plumbline decide --json` prints and the page shows. */
export function adviceToJson(
  advice: Advice,
  { options, commit, measuredAt, sources }: Evidence,
): Advice & { schemaVersion: number; evidence: Omit<Evidence, 'measurements' | 'facts'> } {
  const evidence = {
    options,
    ...(commit !== undefined && { commit }),
    ...(measuredAt !== undefined && { measuredAt }),
    ...(sources && { sources }),
  }
  return { schemaVersion, evidence, ...advice }
}
