import type { SavingPoint } from '@plumbline/report'

import { createWorkload } from '../traces/workload.ts'
import { countSetting, type CountOptions } from './count-settings.ts'
import { settingsOf } from './subject.ts'

/** From all questions equally popular to a few that everybody asks. */
const popularityExponents = [0, 1, 1.5, 2, 3]

export interface CurveOptions extends Pick<CountOptions, 'entrant' | 'isBuild' | 'ttlMs' | 'prices'> {
  requests: number
  seed: number
}

/** What all of an entrant's caches save of the built-in workload's cost, from few repeats to many. Empty for one without. */
export async function traceCurve(options: CurveOptions): Promise<SavingPoint[]> {
  const { requests, seed, entrant, ...rest } = options
  const setting = settingsOf(entrant, true).at(-1)
  if (setting === undefined || setting === 'none') return []
  const points: SavingPoint[] = []
  for (const popularityExponent of popularityExponents) {
    const trace = createWorkload({ requests, seed, popularityExponent })
    const without = await countSetting({ ...rest, entrant, setting: 'none', trace })
    const withCaches = await countSetting({ ...rest, entrant, setting, trace })
    points.push({
      entrant: entrant.name,
      setting,
      repeatShare: trace.facts.repeatShare,
      savedShare: 1 - withCaches.costNanoUsd / without.costNanoUsd,
    })
  }
  return points
}
