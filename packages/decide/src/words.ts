import type { Advice, Driver, Verdict } from './decide.ts'
import type { EvidenceSource, Measurement } from './evidence.ts'

/** The third answer, which every advice ends with. */
export const thirdAnswer =
  'Or neither for good: write your own port in one file (the calls your application makes, with its own types) and put either build ' +
  'behind it. The choice is then one import, and the losing build stays a test away.'

/** The verdict as a sentence about the option that is first. */
export function headlineOf({ verdict, ranking, margin }: Advice): string {
  const [first, second] = ranking
  const words: Record<Verdict, string> = {
    recommend: `Recommended: ${first?.option}`,
    lean: `Leaning towards ${first?.option}`,
    'too close': `Too close to call between ${first?.option} and ${second?.option}`,
    'not enough evidence': 'Not enough evidence',
    'none fits': 'No option meets every constraint',
  }
  const lead =
    margin === undefined
      ? ''
      : ` (lead ${signed(margin.mid)}, could be ${signed(margin.low)} to ${signed(margin.high)})`
  return `${words[verdict]}${lead}.`
}

/**
 * The value of a measurement as every output prints it, with its unit: `12 packages`, `0 of 106 clauses`, `0.82 x [0.71, 0.95]`; a share as
 * `41 %`, or `23 % of 13`; a clause as `pass` or `no pass`.
 */
export function showMeasurement({ metric, value, of, low, high }: Measurement, unit = ''): string {
  if (metric.startsWith('clause.')) return value === 1 ? 'pass' : 'no pass'
  const factor = unit === 'share' ? 100 : 1
  const shown = (one: number) => showNumber(one * factor)
  const interval = low === undefined || high === undefined ? '' : ` [${shown(low)}, ${shown(high)}]`
  const named = unit === 'share' ? ' %' : unit === '' ? '' : ` ${unit}`
  if (of !== undefined)
    return unit === 'share' ? `${shown(value)} % of ${of}` : `${shown(value)} of ${of}${named}`
  return `${shown(value)}${named}${interval}`
}

/** Three significant digits below a thousand, whole numbers above. */
export function showNumber(value: number): string {
  return Math.abs(value) >= 1_000 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}

/** One line on one driver: what was measured of both, and how much it counts. */
export function describeDriver({ criterion, first, second, contribution }: Driver): string {
  const { what, unit } = criterion
  return (
    `${signed(contribution)}  ${what}: ${first.option} ${showMeasurement(first, unit)}, ` +
    `${second.option} ${showMeasurement(second, unit)} (${describeOrigin(first)})`
  )
}

/** How a figure came about, of which run where it is an earlier one, and where it stands: `counted, recorded 2026-11-24, stale, footprint`. */
export function describeOrigin({ label, recorded, stale, source }: Measurement): string {
  return [label, ...(recorded ? [`recorded ${recorded}`] : []), ...(stale ? ['stale'] : []), source].join(
    ', ',
  )
}

/** Which run one benchmark of the evidence is of. */
export function describeSource({ name, measuredAt, commit, recorded, stale }: EvidenceSource): string {
  const run = `${recorded ? 'recorded' : 'measured'} ${measuredAt.slice(0, 10)} on commit ${commit.slice(0, 7)}`
  return `${name}: ${run}${stale ? ', stale: what it was measured from has changed since' : ''}`
}

/** With its sign, to two decimals; a small one keeps three. */
export function signed(figure: number): string {
  if (figure === 0) return '0'
  const text = Math.abs(figure).toFixed(Math.abs(figure) < 0.005 ? 3 : 2)
  return `${figure < 0 ? '−' : '+'}${text}`
}

/** As a whole percentage. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
