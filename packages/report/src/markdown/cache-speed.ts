import { captions } from '../captions.ts'
import { frozenCells, speedCells, speedTitle } from '../cells/cache-speed.ts'
import type { Report } from '../report.ts'
import { notMeasured } from './not-measured.ts'
import { escapeText, markdownTable } from './table.ts'

/** What a hit costs, and a store that is silent. */
export function cacheSpeedSection({ cacheSpeed }: Report): string[] {
  if (!cacheSpeed) return ['## Cache speed', notMeasured('cache-speed')]
  const frozen = frozenCells(cacheSpeed)
  return [
    '## Cache speed',
    captions.cacheSpeed(cacheSpeed),
    ...cacheSpeed.comparisons.flatMap((comparison) => [
      `### ${escapeText(speedTitle(comparison))}`,
      markdownTable(speedCells(comparison), { rightFrom: 1 }),
    ]),
    '### A store that is silent',
    ...(frozen
      ? [captions.frozen, markdownTable(frozen, { rightFrom: 1 })]
      : ['No Redis was there to be frozen.']),
  ]
}
