import type { Concept } from './lexicon.ts'
import { wordTree } from './word-tree.ts'
import { walkWords } from './word-walk.ts'

/**
 * One thing that attacks have in common, as concepts in order: `'override 2 rules'` is a verb of overriding and, after
 * at most two other words, a word for rules. `|` joins alternatives, `^` asks that the first word begins a clause.
 */
export interface Signal {
  type: string
  /** 1 is enough by itself at the default threshold. */
  weight: number
  words: string
  /** Counts only in texts of at most so many words. Default: in all. */
  maxWords?: number
}

/** Where a signal was found, in UTF-16 code units. */
export interface Sign {
  type: string
  weight: number
  start: number
  end: number
}

interface Step {
  concepts: readonly Concept[]
  /** How many words may stand before it, after the step before it. */
  gap: number
  clauseStart: boolean
  /** Index of the step before, or -1. */
  previous: number
  /** Index of the signal that it completes, or -1. */
  completes: number
}

/** Signals made ready to be looked for. */
export interface SignalTable {
  signals: readonly Signal[]
  steps: readonly Step[]
  /** For each set of concepts the steps that a word of it takes, the later of a signal before the earlier. */
  bySet: readonly Uint16Array[]
}

/** Reads the notation of signals. */
export function readSignals(signals: readonly Signal[]): SignalTable {
  const steps: Step[] = []
  signals.forEach(({ words }, signal) => {
    const parts = words.replace('^', '').split(' ')
    for (let part = 0; part < parts.length; part += 2) {
      steps.push({
        // Whoever writes a signal names concepts; a test reads all of them.
        concepts: (parts[part] ?? '').split('|') as Concept[],
        gap: Number(parts[part - 1] ?? 0),
        clauseStart: part === 0 && words.startsWith('^'),
        previous: part === 0 ? -1 : steps.length - 1,
        completes: part === parts.length - 1 ? signal : -1,
      })
    }
  })
  const bySet = wordTree().sets.map((set) =>
    Uint16Array.from(
      steps
        .flatMap(({ concepts }, index) => (concepts.some((concept) => set.includes(concept)) ? [index] : []))
        .reverse(),
    ),
  )
  return { signals, steps, bySet }
}

/**
 * The first place of each signal in `text`. For every step it is enough to keep the latest place where the steps so far
 * were completed, so the time is in proportion to the words.
 */
export function signsIn({ signals, steps, bySet }: SignalTable, text: string): Sign[] {
  const found: { sign: Sign; signal: Signal }[] = []
  const seen = new Uint8Array(signals.length)
  const reached = new Float64Array(steps.length).fill(-Infinity)
  const starts = new Int32Array(steps.length)
  const words = walkWords(text, (set, start, end, position, startsClause) => {
    const taken = bySet[set]
    if (!taken) return
    // By index: this runs for every word. Later steps come first, so that no word takes two steps of a signal.
    for (let turn = 0; turn < taken.length; turn++) {
      const index = taken[turn] ?? 0
      const step = steps[index]
      if (!step) continue
      const { previous, completes } = step
      if (previous === -1) {
        if (step.clauseStart && !startsClause) continue
        starts[index] = start
      } else {
        if (position - (reached[previous] ?? -Infinity) - 1 > step.gap) continue
        starts[index] = starts[previous] ?? start
      }
      reached[index] = position
      if (completes === -1 || seen[completes] === 1) continue
      const signal = signals[completes]
      if (!signal) continue
      seen[completes] = 1
      const { type, weight } = signal
      found.push({ signal, sign: { type, weight, start: starts[index] ?? start, end } })
    }
  })
  return found.flatMap(({ sign, signal }) => (words > (signal.maxWords ?? Infinity) ? [] : [sign]))
}
