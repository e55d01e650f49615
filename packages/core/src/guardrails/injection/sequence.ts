import type { Concept } from './lexicon.ts'
import { bitOf, CLAUSE_START, type Mention } from './word-walk.ts'

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
  concepts: number
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
  /** For each concept, by bit, the steps that it can take, the later of a signal before the earlier. */
  byBit: readonly (readonly number[])[]
}

/** Reads the notation of signals. */
export function readSignals(signals: readonly Signal[]): SignalTable {
  const steps: Step[] = []
  signals.forEach(({ words }, signal) => {
    const parts = words.replace('^', '').split(' ')
    for (let part = 0; part < parts.length; part += 2) {
      steps.push({
        // Whoever writes a signal names concepts; a test reads all of them.
        concepts: (parts[part] ?? '').split('|').reduce((bits, name) => bits | bitOf(name as Concept), 0),
        gap: Number(parts[part - 1] ?? 0),
        clauseStart: part === 0 && words.startsWith('^'),
        previous: part === 0 ? -1 : steps.length - 1,
        completes: part === parts.length - 1 ? signal : -1,
      })
    }
  })
  const byBit = Array.from({ length: 31 }, (_none, bit) =>
    steps
      .map((step, index) => ({ step, index }))
      .filter(({ step }) => (step.concepts & (1 << bit)) !== 0)
      .map(({ index }) => index)
      .reverse(),
  )
  return { signals, steps, byBit }
}

/**
 * The first place of each signal in a text of so many words. For every step it is enough to keep the latest place
 * where the steps so far were completed, so the time is in proportion to the mentions.
 */
export function signsIn(table: SignalTable, mentions: readonly Mention[], words: number): Sign[] {
  if (mentions.length === 0) return []
  const { signals, steps, byBit } = table
  const found: (Sign | undefined)[] = []
  const reached = new Float64Array(steps.length).fill(-Infinity)
  const starts = new Int32Array(steps.length)
  // A step that a mention has just reached cannot be gone on from by the same mention: each has a turn.
  const turns = new Int32Array(steps.length).fill(-1)
  mentions.forEach(({ concepts, position, start, end }, turn) => {
    for (let bits = concepts & ~CLAUSE_START; bits !== 0; bits &= bits - 1) {
      for (const index of byBit[31 - Math.clz32(bits & -bits)] ?? []) {
        const step = steps[index]
        if (!step || turns[index] === turn) continue
        const { previous } = step
        if (previous === -1) {
          if (step.clauseStart && (concepts & CLAUSE_START) === 0) continue
          starts[index] = start
        } else {
          // The turn of the step before is not over: what it reached before this mention is what counts.
          if (turns[previous] === turn) continue
          if (position - (reached[previous] ?? -Infinity) - 1 > step.gap) continue
          starts[index] = starts[previous] ?? start
        }
        turns[index] = turn
        reached[index] = position
        const { completes } = step
        const signal = signals[completes]
        if (!signal || found[completes] || words > (signal.maxWords ?? Infinity)) continue
        found[completes] = { type: signal.type, weight: signal.weight, start: starts[index] ?? start, end }
      }
    }
  })
  return found.filter((sign) => sign !== undefined)
}
