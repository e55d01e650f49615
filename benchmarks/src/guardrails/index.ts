import { fileURLToPath } from 'node:url'

import type { Guardrails } from '@plumbline/report'

import type { GuardrailEntrant, GuardrailFamily } from './detector.ts'
import { measureGrowth } from './growth.ts'
import { readLabelledSets } from './labelled-set.ts'
import { measureSets } from './measure-sets.ts'
import { loadPeers } from './peers/index.ts'
import { plumblineDetectors } from './plumbline-detectors.ts'
import { streamHolds } from './stream-holds.ts'
import { measureTimings } from './timings.ts'

/** Labelled sets of our own writing: small, and no evidence by themselves. */
export const ownSets: string = fileURLToPath(new URL('../../data/guardrails', import.meta.url))

export interface GuardrailsOptions {
  /** A folder of labelled sets, as `readLabelledSets` reads it. Default: our own, which take seconds. */
  dataFolder?: string | undefined
  /** A hostile text is not tried at four times its length when it took longer than this, in ms. */
  growthLimitMs: number
  onProgress?: (what: string) => void
}

/**
 * Our rules and the peers that are installed: over the labelled sets, by the clock, and on hostile texts. Throws a `TypeError` as
 * `readLabelledSets` does.
 */
export async function measureGuardrails({
  dataFolder = ownSets,
  growthLimitMs,
  onProgress,
}: GuardrailsOptions): Promise<Guardrails> {
  const sets = readLabelledSets(dataFolder)
  const shortTexts = readLabelledSets(ownSets).flatMap(({ texts }) => texts.map(({ text }) => text))
  const { peers, notMeasured } = await loadPeers()
  const result: Guardrails = {
    entrants: [],
    rows: [],
    timings: [],
    growth: [],
    holds: streamHolds(),
    notMeasured,
  }
  for (const entrant of [plumblineDetectors(), ...peers]) {
    const { name, version } = entrant
    onProgress?.(`${name} ${version}`)
    result.entrants.push({ name, version, families: familiesOf(entrant) })
    result.rows.push(...(await measureSets(entrant, sets)))
    result.timings.push(...(await measureTimings(entrant, shortTexts)))
    result.growth.push(...(await measureGrowth(entrant, growthLimitMs)))
  }
  return result
}

function familiesOf({ families }: GuardrailEntrant): GuardrailFamily[] {
  // The keys of that record are families.
  return Object.keys(families) as GuardrailFamily[]
}
