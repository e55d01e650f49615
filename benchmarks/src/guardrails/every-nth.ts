import type { LabelledText } from './labelled-set.ts'

/**
 * Every nth text of each label, in the set's order: in a set whose labels take turns, every second text would be of one label
 * alone. A label that is there keeps at least one text, so the shares are those of the set but for the rounding.
 */
export function everyNth(texts: readonly LabelledText[], step: number): LabelledText[] {
  const seen = [0, 0]
  return texts.filter(({ label }) => {
    const before = seen[label] ?? 0
    seen[label] = before + 1
    return before % step === 0
  })
}
