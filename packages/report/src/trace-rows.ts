import type { CacheSetting, LatencyRow, SettingRow, TraceFacts, TraceImpact } from './cache-impact.ts'

/** The settings with a cache, from the least to the most. */
export const cachedSettings = [
  'exact',
  'normalised',
  'exact + embeddings',
] as const satisfies readonly CacheSetting[]

/** The entrants of a trace, in the order of its rows. */
export function entrantsOf({ settings }: TraceImpact): string[] {
  return [...new Set(settings.map(({ entrant }) => entrant))]
}

/** The counts of one entrant at one setting; undefined where it has none. */
export function settingRow(
  { settings }: TraceImpact,
  entrant: string,
  setting: CacheSetting,
): SettingRow | undefined {
  return settings.find((row) => row.entrant === entrant && row.setting === setting)
}

/** The waits of one entrant at one setting and scale; undefined where it has none. */
export function latencyRow(
  { latency }: TraceImpact,
  at: { entrant: string; setting: CacheSetting; scale: number },
): LatencyRow | undefined {
  return latency.find(
    ({ entrant, setting, scale }) => entrant === at.entrant && setting === at.setting && scale === at.scale,
  )
}

/**
 * The setting with the most caches that an entrant ran this trace with, of those that serve nothing but exact repetitions; undefined
 * for an entrant without caches.
 */
export function fullestSetting(impact: TraceImpact, entrant: string): CacheSetting | undefined {
  return cachedSettings.findLast(
    (setting) => setting !== 'normalised' && settingRow(impact, entrant, setting) !== undefined,
  )
}

/** The settings with a cache that any entrant ran this trace with. */
export function settingsWithCache(impact: TraceImpact): (typeof cachedSettings)[number][] {
  return cachedSettings.filter((setting) => impact.settings.some((row) => row.setting === setting))
}

/** The scales that waits were measured at, ascending. */
export function scalesOf({ latency }: TraceImpact): number[] {
  return [...new Set(latency.map(({ scale }) => scale))].toSorted((one, other) => one - other)
}

/** What 1,000 requests of this trace cost, in nano-dollars. */
export function costPerThousand(
  { costNanoUsd }: Pick<SettingRow, 'costNanoUsd'>,
  { requests }: TraceFacts,
): number {
  return (costNanoUsd / requests) * 1000
}

/** What an entrant's caches save of its cost without them, at most 1; undefined where there is nothing to compare. */
export function savedShare(impact: TraceImpact, entrant: string, setting: CacheSetting): number | undefined {
  const before = settingRow(impact, entrant, 'none')
  const after = settingRow(impact, entrant, setting)
  if (setting === 'none' || !before || !after || before.costNanoUsd === 0) return undefined
  return 1 - after.costNanoUsd / before.costNanoUsd
}
