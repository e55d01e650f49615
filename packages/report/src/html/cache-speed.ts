import type { CacheSpeed } from '../cache-speed.ts'
import { captions } from '../captions.ts'
import { frozenCells, speedCells, speedTitle } from '../cells/cache-speed.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** What a hit costs, and a store that is silent. */
export function cacheSpeedSection(speed: CacheSpeed | undefined): Markup {
  return speed ? measured(speed) : notMeasured('cache-speed')
}

function measured(speed: CacheSpeed): Markup {
  const timed = provenanceLabel('measured')
  const frozen = frozenCells(speed)
  return markup`<p>${captions.cacheSpeed(speed)}</p>
${speed.comparisons.map((comparison) =>
  table(speedCells(comparison), { caption: markup`${speedTitle(comparison)}. ${timed}`, rightFrom: 1 }),
)}
${frozen ? table(frozen, { caption: markup`${captions.frozen} ${timed}`, rightFrom: 1 }) : markup`<p>No Redis was there to be frozen.</p>`}`
}
