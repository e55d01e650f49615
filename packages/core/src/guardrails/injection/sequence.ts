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

/** Signals made ready to be looked for: their steps, by number, one array for each thing that is asked of a step. */
export interface SignalTable {
  signals: readonly Signal[]
  /** How many words may stand before it, after the step before it. */
  gaps: Uint8Array
  /** 1 when it asks that a clause begins with it. */
  clauseStarts: Uint8Array
  /** The step before, or -1. */
  previous: Int16Array
  /** The signal that it completes, or -1. */
  completes: Int16Array
  /** For each set of concepts the steps that a word of it takes, the later of a signal before the earlier. */
  bySet: readonly Uint16Array[]
  /** Of the text that is read: where each step was last completed, in words, and where its signal started. */
  reached: Float64Array
  starts: Int32Array
  /** 1 for a signal that is there. */
  seen: Uint8Array
}

/** Reads the notation of signals. */
export function readSignals(signals: readonly Signal[]): SignalTable {
  const steps = signals.flatMap(({ words }, signal) => {
    const parts = words.replace('^', '').split(' ')
    return parts.flatMap((part, at) => {
      if (at % 2 === 1) return []
      return {
        // Whoever writes a signal names concepts; a test reads all of them.
        concepts: part.split('|') as Concept[],
        gap: Number(parts[at - 1] ?? 0),
        clauseStart: at === 0 && words.startsWith('^'),
        isFirst: at === 0,
        completes: at === parts.length - 1 ? signal : -1,
      }
    })
  })
  const bySet = wordTree().sets.map((set) =>
    Uint16Array.from(
      steps
        .flatMap(({ concepts }, index) => (concepts.some((concept) => set.includes(concept)) ? [index] : []))
        .reverse(),
    ),
  )
  return {
    signals,
    gaps: Uint8Array.from(steps, ({ gap }) => gap),
    clauseStarts: Uint8Array.from(steps, ({ clauseStart }) => Number(clauseStart)),
    previous: Int16Array.from(steps, ({ isFirst }, index) => (isFirst ? -1 : index - 1)),
    completes: Int16Array.from(steps, ({ completes }) => completes),
    bySet,
    reached: new Float64Array(steps.length),
    starts: new Int32Array(steps.length),
    seen: new Uint8Array(signals.length),
  }
}

/**
 * The first place of each signal in `text`. For every step it is enough to keep the latest place where the steps so far
 * were completed, so the time is in proportion to the words.
 */
export function signsIn(table: SignalTable, text: string): Sign[] {
  const { signals, gaps, clauseStarts, previous, completes, bySet, reached, starts, seen } = table
  const found: { sign: Sign; signal: number }[] = []
  reached.fill(-Infinity)
  seen.fill(0)
  const words = walkWords(text, (set, start, end, position, startsClause) => {
    const taken = bySet[set]
    if (!taken) return
    // By index: this runs for every word. Later steps come first, so that no word takes two steps of a signal.
    for (let turn = 0; turn < taken.length; turn++) {
      const index: number = taken[turn] ?? 0
      const before = previous[index] ?? -1
      if (before === -1) {
        if (clauseStarts[index] === 1 && !startsClause) continue
        starts[index] = start
      } else {
        if (position - (reached[before] ?? -Infinity) - 1 > (gaps[index] ?? 0)) continue
        starts[index] = starts[before] ?? start
      }
      reached[index] = position
      const signal = completes[index] ?? -1
      if (signal === -1 || seen[signal] === 1) continue
      seen[signal] = 1
      const { type = '', weight = 0 } = signals[signal] ?? {}
      found.push({ signal, sign: { type, weight, start: starts[index] ?? start, end } })
    }
  })
  return found.flatMap(({ sign, signal }) => (words > (signals[signal]?.maxWords ?? Infinity) ? [] : [sign]))
}
