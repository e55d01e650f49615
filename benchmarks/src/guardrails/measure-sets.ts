import type { GuardrailRow } from '@plumbline/report'

import { nearestRank } from '../method/nearest-rank.ts'
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

/** What one set may cost one entrant, in ms of CPU time; a slower one is measured on every second text of each label, every third, and so on. */
const LIMIT_MS = 30_000
const WARM_UP_MS = 500

async function measureSet({ entrant, set, family, texts: all, detect }: Subject): Promise<GuardrailRow> {
  const counts = emptyCounts()
  const us: number[] = []
  const step = Math.max(1, Math.ceil(((await warmUp(detect, all)) * all.length) / LIMIT_MS))
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

/**
 * Compiles the code, which what comes first would else carry the cost of; gives what a text costs, in ms of this thread's CPU
 * time: by the clock a busy machine would have a fast detector measured on a few texts. The first look is not counted, since
 * what is made on first use is made in it.
 */
async function warmUp(detect: Detect, texts: readonly LabelledText[]): Promise<number> {
  const [first, ...others] = texts.slice(0, 200)
  if (first) await detect(first.text)
  const before = process.threadCpuUsage()
  let ms = 0
  let tried = 0
  for (const { text } of others) {
    await detect(text)
    tried++
    const { user, system } = process.threadCpuUsage(before)
    ms = (user + system) / 1000
    if (ms > WARM_UP_MS) break
  }
  return ms / Math.max(1, tried)
}
