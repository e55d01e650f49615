import { classOf, CLASSES, foldWide, GAP, OTHER } from './letters.ts'
import { concepts, entriesOf, type Concept } from './lexicon.ts'

/** The lexicon as a tree over its letters, numbered from the root, 0, down: the first child of a node follows it. */
export interface WordTree {
  /** What leads to the first child: a class of letters, or the letter itself for class `OTHER`; 0 when there is none. */
  firstKey: Uint16Array
  /** The row of `children` for a node with more than one child; row 0 is empty. */
  row: Uint16Array
  /** Children by `row * CLASSES + class`; 0 for none. */
  children: Uint16Array
  /** Children for letters of class `OTHER`, by `node * 65536 + letter`. */
  wide: ReadonlyMap<number, number>
  /** For each node the set of concepts of a word that ends there; 0 for none. */
  exact: Uint16Array
  /** The set of concepts that every word beginning so far stands for: `ignor*`. */
  stem: Uint16Array
  /** Sets of concepts by their number. */
  sets: readonly (readonly Concept[])[]
  /** For each set 1 when an order may still begin after its words, 2 when one may begin there in any case, else 0. */
  opens: Uint8Array
}

let grown: WordTree | undefined

/** The tree of the whole lexicon, grown on first use. */
export function wordTree(): WordTree {
  return (grown ??= growTree())
}

/** What the same spelling stands for, as a word and as the beginning of words. */
interface Entry {
  exact: Set<Concept>
  stem: Set<Concept>
}

function growTree(): WordTree {
  const entries = spelledEntries()
  // In order, an entry goes on where it parts from the one before it, and nodes come to be numbered from the root down.
  const spellings = [...entries.keys()].sort()
  const nodes =
    1 + spellings.reduce((sum, one, at) => sum + one.length - common(spellings[at - 1] ?? '', one), 0)
  const tree = {
    firstKey: new Uint16Array(nodes),
    row: new Uint16Array(nodes),
    exact: new Uint16Array(nodes),
    stem: new Uint16Array(nodes),
  }
  const rows = Array.from({ length: CLASSES }, () => 0)
  const wide = new Map<number, number>()
  const sets: (readonly Concept[])[] = [[]]
  const numbers = new Map<string, number>()
  const numberOf = (some: ReadonlySet<Concept>): number => {
    const set = [...some].sort()
    const number = numbers.get(set.join()) ?? sets.push(set) - 1
    numbers.set(set.join(), number)
    return number
  }
  const link = (parent: number, key: number, child: number): void => {
    if (child === parent + 1) tree.firstKey[parent] = key
    else if (key >= CLASSES) wide.set(parent * 65_536 + key, child)
    else {
      if (tree.row[parent] === 0) {
        tree.row[parent] = rows.length / CLASSES
        for (let kind = 0; kind < CLASSES; kind++) rows.push(0)
      }
      rows[(tree.row[parent] ?? 0) * CLASSES + key] = child
    }
  }
  const path = [0]
  let next = 1
  spellings.forEach((spelling, at) => {
    for (let depth = common(spellings[at - 1] ?? '', spelling); depth < spelling.length; depth++) {
      const parent = path[depth] ?? 0
      const key = spelling.charCodeAt(depth)
      link(parent, key, next)
      // A longer word that begins like a stem is of the stem too; a stem ends with its word.
      const stem = key === GAP ? 0 : (tree.stem[parent] ?? 0)
      tree.stem[next] = stem
      tree.exact[next] = stem
      path[depth + 1] = next++
    }
    const node = path[spelling.length] ?? 0
    const { exact, stem } = entries.get(spelling) ?? { exact: [], stem: [] }
    const stems = [...(sets[tree.stem[node] ?? 0] ?? []), ...stem]
    tree.stem[node] = stems.length === 0 ? 0 : numberOf(new Set(stems))
    tree.exact[node] = numberOf(new Set([...stems, ...exact]))
  })
  const opens = Uint8Array.from(sets, (set) =>
    set.includes('joiner') ? 2 : set.includes('opening') || set.includes('polite') ? 1 : 0,
  )
  return { ...tree, children: Uint16Array.from(rows), wide, sets, opens }
}

/** The entries of the lexicon by their letters, as the walk sees them: one UTF-16 code unit for each key of a child. */
function spelledEntries(): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const concept of concepts) {
    for (const word of entriesOf(concept)) {
      const isStem = word.endsWith('*')
      let spelling = ''
      for (const char of isStem ? word.slice(0, -1) : word) {
        const code = char.charCodeAt(0)
        const kind = char === ' ' ? GAP : classOf(code)
        spelling += String.fromCharCode(kind === OTHER ? foldWide(code) : kind)
      }
      const entry = entries.get(spelling) ?? { exact: new Set(), stem: new Set() }
      entry[isStem ? 'stem' : 'exact'].add(concept)
      entries.set(spelling, entry)
    }
  }
  return entries
}

/** How many letters two spellings begin with alike. */
function common(one: string, other: string): number {
  let length = 0
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length++
  return length
}
