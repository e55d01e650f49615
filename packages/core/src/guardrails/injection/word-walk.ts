import { classes, CLASSES, classOf, foldWide, GAP, isGap, isUnspaced, NONE, OTHER } from './letters.ts'
import { wordTree, type WordTree } from './word-tree.ts'

/**
 * Told of each word or phrase of the lexicon in a text, in order: `set` is the number of its concepts (`WordTree`), `start`
 * and `end` where it stands in UTF-16 code units, `position` how many words precede it (the end of a sentence counts as
 * three more, so that nothing reaches far across it, a line break as one), `startsClause` whether a clause begins with it,
 * as an order does.
 */
export type Visit = (set: number, start: number, end: number, position: number, startsClause: boolean) => void

// Where the last search found a word of the lexicon: its end and its set; and how far it read letters of ASCII without
// a gap, which nobody has to read again. A result object for each would be garbage.
let foundEnd = 0
let foundSet = 0
let lettersEnd = 0

/**
 * Visits the words of the lexicon in `text`, at each place the longest entry, whatever its case and accents; gives how
 * many words there are. Takes time in proportion to the length of the text.
 */
export function walkWords(text: string, visit: Visit): number {
  const tree = wordTree()
  const { opens } = tree
  const length = text.length
  let position = 0
  let index = 0
  let starts = true
  while (index < length) {
    const code = text.charCodeAt(index)
    if (code < 128 ? classes[code] === NONE : classOf(code) === NONE) {
      if (code !== 32) {
        starts = true
        if (code === 46 || code === 33 || code === 63 || code === 0x3002) position += 3
        else if (code === 10) position++
      }
      index++
      continue
    }
    findLongest(tree, text, index)
    if (foundSet !== 0) {
      visit(foundSet, index, foundEnd, position, starts)
      const opening = opens[foundSet]
      starts = opening === 2 || (starts && opening === 1)
      index = foundEnd
      position++
    } else if (code >= 128 && isUnspaced(code)) {
      index++
      // Two letters are about a word.
      position += 0.5
    } else {
      index = wordEnd(text, Math.max(index + 1, lettersEnd))
      position++
      starts = false
    }
  }
  return position
}

/** Where the word that `index` stands in or behind ends; one of another script ends before letters that need no spaces. */
function wordEnd(text: string, index: number): number {
  const length = text.length
  for (; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code < 128 ? classes[code] === NONE : classOf(code) === NONE || isUnspaced(code)) break
  }
  return index
}

/** Leaves in `foundEnd` and `foundSet` the longest entry at `start`; its set is 0 when there is none. */
function findLongest(
  { firstKey, row, children, wide, exact, stem }: WordTree,
  text: string,
  start: number,
): void {
  const length = text.length
  let node = 0
  let index = start
  foundSet = 0
  lettersEnd = 0
  let afterUnspaced = false
  for (;;) {
    const code = index < length ? text.charCodeAt(index) : 0
    let kind = code < 128 ? (classes[code] ?? NONE) : classOf(code)
    // Most letters are of ASCII and in the middle of a word.
    if (code < 128 && kind !== NONE && !afterUnspaced) {
      const next = firstKey[node] === kind ? node + 1 : (children[(row[node] ?? 0) * CLASSES + kind] ?? 0)
      if (next !== 0) {
        node = next
        index++
        continue
      }
    }
    if (lettersEnd === 0) lettersEnd = index
    const unspaced = code >= 128 && isUnspaced(code)
    const wordEnds = kind === NONE || unspaced || afterUnspaced
    afterUnspaced = unspaced
    if (wordEnds && index > start) {
      const here = exact[node] ?? 0
      if (here !== 0) {
        foundSet = here
        foundEnd = index
      }
    }
    if (kind === NONE) {
      if (!isGap(code)) return
      // At most four: a phrase broken over lines is still one.
      let gap = 1
      while (gap < 4 && isGap(text.charCodeAt(index + gap))) gap++
      index += gap - 1
      kind = GAP
    }
    const key = kind === OTHER ? foldWide(code) : kind
    const next =
      firstKey[node] === key
        ? node + 1
        : kind === OTHER
          ? (wide.get(node * 65_536 + key) ?? 0)
          : (children[(row[node] ?? 0) * CLASSES + kind] ?? 0)
    if (next === 0) {
      const stems = stem[node] ?? 0
      if (wordEnds || stems === 0) return
      foundSet = stems
      foundEnd = index
      while (foundEnd < length && foundEnd - index < 32 && classOf(text.charCodeAt(foundEnd)) !== NONE)
        foundEnd++
      return
    }
    node = next
    index++
  }
}
