import { formatMs, nothing } from '@plumbline/report/page'

/** Milliseconds, in seconds from ten on: `420 ms`, `12.3 s`; nothing of what was not measured. */
export function formatLatency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return nothing
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatMs(ms)
}

/** Milliseconds in few characters, for axes: `400 ms`, `1.5 s`. */
export function formatShortLatency(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Number(ms.toPrecision(3))} ms`
}

/** A count in few characters, for axes and tiles: `950`, `12.3k`, `4.1M`. */
export function formatShortCount(count: number): string {
  return count < 10_000
    ? count.toLocaleString('en-US', { maximumFractionDigits: 1 })
    : count.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 }).replace('K', 'k')
}

/** Nano-dollars in few characters, for axes: `$0.4`, `$12`, `$1.2k`. */
export function formatShortDollars(nanoUsd: number): string {
  return `$${(nanoUsd / 1e9).toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 2 }).replace('K', 'k')}`
}

/** A share for axes: `25 %`, `2.5 %`. */
export function formatShortShare(share: number): string {
  return `${(share * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`
}

/** When a bucket of the chart began, as the reader's clock says: `14:05`, with the day where buckets are hours. */
export function formatBucket(startMs: number, bucketMs: number): string {
  const time = new Date(startMs)
  const clock = time.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(bucketMs < 60_000 && { second: '2-digit' }),
  })
  return bucketMs < 3_600_000
    ? clock
    : `${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${clock}`
}

/** The time of a call, to the second. */
export function formatTime(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB')
}

/** How long ago, roughly: `12 s`, `5 min`, `3 h`, `2 d`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`
}
