import type { GuardrailRow } from '@plumbline/report'

import type { Detect, GuardrailEntrant, GuardrailFamily } from './detector.ts'
import { everyNth } from './every-nth.ts'
import type { LabelledSet, LabelledText } from './labelled-set.ts'
import { countSpans, countText, emptyCounts, toScores } from './score.ts'

const families: readonly GuardrailFamily[] = ['injection', 'pii', 'secret']

/**
 * The rows of one entrant: each family over the sets that are labelled for it, and for injection and secrets also over the
 * benign texts of the sets for injection, where only the false-positive rate says something. Personal data is not asked
 * of other sets: their benign texts may well hold some.
 */
export async function measureSets(
  entrant: GuardrailEntrant,
  sets: readonly LabelledSet[],
): Promise<GuardrailRow[]> {
  const rows: GuardrailRow[] = []
  for (const set of sets) {
    for (const family of families) {
      const detect = entrant.families[family]
      if (!detect) continue
      if (family === set.family) {
        rows.push(
          await measureSet({ entrant: entrant.name, set: set.name, family, texts: set.texts, detect }),
        )
      } else if (family === 'secret' && set.family === 'injection') {
        const texts = set.texts.filter(({ label }) => label === 0)
        if (texts.length > 0) {
          rows.push(await measureSet({ entrant: entrant.name, set: set.name, family, texts, detect }))
        }
      }
    }
  }
  return rows
}

interface Subject {
  entrant: string
  set: string
  family: GuardrailFamily
  texts: readonly LabelledText[]
  detect: Detect
}

/** What one set may cost one entrant, in ms; a slower one is measured on every second text of each label, every third, and so on. */
const LIMIT_MS = 30_000
const WARM_UP_MS = 500

async function measureSet({ entrant, set, family, texts: all, detect }: Subject): Promise<GuardrailRow> {
  const counts = emptyCounts()
  const us: number[] = []
  // Once to compile the code; what comes first would else carry the cost of it.
  const start = performance.now()
  let tried = 0
  for (const { text } of all.slice(0, 200)) {
    await detect(text)
    tried++
    if (performance.now() - start > WARM_UP_MS) break
  }
  const expectedMs = ((performance.now() - start) / Math.max(1, tried)) * all.length
  const step = Math.max(1, Math.ceil(expectedMs / LIMIT_MS))
  const texts = everyNth(all, step)
  for (const { text, label, spans } of texts) {
    const before = performance.now()
    const pending = detect(text)
    // A synchronous detector must not be charged for a turn of the event loop.
    const detections = pending instanceof Promise ? await pending : pending
    us.push((performance.now() - before) * 1000)
    if (family === 'pii') countSpans(counts, spans ?? [], detections)
    else countText(counts, label, detections.length > 0)
  }
  us.sort((one, other) => one - other)
  return {
    entrant,
    set,
    family,
    n: texts.length,
    ...toScores(counts),
    usP50: nearestRank(us, 0.5),
    usP99: nearestRank(us, 0.99),
  }
}

/** The nearest-rank quantile of sorted values; 0 of none. */
export function nearestRank(sorted: readonly number[], quantile: number): number {
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? 0
}
