import { CONCEPTS, entriesOf, type Concept } from './lexicon.ts'

/** A word or phrase of the lexicon in a text. */
export interface Mention {
  /** The concepts it stands for, one bit each (`bitOf`), and `CLAUSE_START`. */
  concepts: number
  /** Where it stands, in UTF-16 code units. */
  start: number
  /** Exclusive. */
  end: number
  /**
   * How many words precede it. The end of a sentence counts as three more, so that nothing reaches far across it, a
   * line break as one.
   */
  position: number
}

/** The bit of a mention that begins a clause, as an order does: `^` in the notation of signals. */
export const CLAUSE_START = 1 << 31

// The keys of an object literal are those of its type.
const names = Object.keys(CONCEPTS) as Concept[]

/** The bit of a concept: there are at most 31. */
export function bitOf(concept: Concept): number {
  return 1 << names.indexOf(concept)
}

// Classes of characters: what is no part of a word, the gap in a phrase, the letters of ASCII, and whatever else.
const NONE = 0
const GAP = 1
const OTHER = 63
const CLASSES = 64

const classes = Uint8Array.from({ length: 128 }, (_none, code) => {
  const index = "abcdefghijklmnopqrstuvwxyz0123456789'".indexOf(String.fromCharCode(code).toLowerCase())
  return index === -1 ? NONE : index + 2
})

// At most as many entries as there are UTF-16 code units.
const folded = new Map<number, number>()

/** The letter in lower case and without its accents; 0 for what is no part of a word. */
function foldWide(code: number): number {
  let letter = folded.get(code)
  if (letter === undefined) {
    const plain = String.fromCharCode(code).normalize('NFD').toLowerCase()
    letter = code === 0x2019 ? 39 : /^[\p{L}\p{N}]/u.test(plain) ? plain.charCodeAt(0) : 0
    folded.set(code, letter)
  }
  return letter
}

function classOf(code: number): number {
  if (code < 128) return classes[code] ?? NONE
  const letter = foldWide(code)
  if (letter === 0) return NONE
  return letter < 128 ? (classes[letter] ?? NONE) : OTHER
}

/** Scripts without spaces between words: a word may start, and end, at every letter. */
function isUnspaced(code: number): boolean {
  return (
    code >= 0xe00 &&
    (code <= 0xe7f || (code >= 0x2e80 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af))
  )
}

/** What stands between the words of a phrase: spaces, and what is set between words instead of them. */
function isGap(code: number): boolean {
  return (
    code === 32 || code === 9 || code === 10 || code === 13 || code === 45 || code === 95 || code === 0xa0
  )
}

/** The lexicon as a tree over its letters. Node 0 is the root, and no child of any node. */
interface Tree {
  /** The child of a node, by `node * CLASSES + class`. */
  children: Uint16Array
  /** The same for letters of class `OTHER`, by `node * 65536 + letter`. */
  wide: Map<number, number>
  /** Concepts of an entry that ends at a node. */
  exact: Int32Array
  /** Concepts that every word beginning so far stands for: `ignor*`. */
  stem: Int32Array
}

function growTree(): Tree {
  const entries = names.flatMap((concept) =>
    entriesOf(concept).map((entry) => ({ entry, bit: bitOf(concept) })),
  )
  const most = entries.reduce((sum, { entry }) => sum + entry.length, 1)
  const children = new Uint16Array(most * CLASSES)
  const wide = new Map<number, number>()
  const exact = new Int32Array(most)
  const stem = new Int32Array(most)
  let nodes = 1
  for (const { entry, bit } of entries) {
    const isStem = entry.endsWith('*')
    let node = 0
    for (const char of isStem ? entry.slice(0, -1) : entry) {
      const code = char.charCodeAt(0)
      const kind = char === ' ' ? GAP : classOf(code)
      const key = kind === OTHER ? node * 65_536 + foldWide(code) : node * CLASSES + kind
      const child = kind === OTHER ? wide.get(key) : children[key]
      if (child) node = child
      else {
        if (kind === OTHER) wide.set(key, nodes)
        else children[key] = nodes
        node = nodes++
      }
    }
    if (isStem) stem[node] = (stem[node] ?? 0) | bit
    else exact[node] = (exact[node] ?? 0) | bit
  }
  const tree = { children: children.slice(0, nodes * CLASSES), wide, exact, stem }
  inheritStems(tree, nodes)
  return tree
}

/** A longer entry that begins like a stem is of the stem too. A child has a higher number than its parent. */
function inheritStems({ children, wide, stem }: Tree, nodes: number): void {
  const parents = new Uint16Array(nodes)
  for (let node = 0; node < nodes; node++) {
    for (let kind = GAP + 1; kind < CLASSES; kind++) {
      const child = children[node * CLASSES + kind]
      if (child) parents[child] = node
    }
  }
  for (const [key, child] of wide) parents[child] = Math.floor(key / 65_536)
  for (let node = 1; node < nodes; node++) stem[node] = (stem[node] ?? 0) | (stem[parents[node] ?? 0] ?? 0)
}

let grown: Tree | undefined

// What may stand before an order.
const POLITE = new Set(
  'we please pls now and then but so also ok okay hey hi hello just first kindly you must should can could will to i bitte und jetzt por favor y et e'.split(
    ' ',
  ),
)

/**
 * The words of the lexicon in `text`, in order, at each place the longest entry, whatever its case and accents; and how
 * many words there are. Takes time in proportion to the length of the text.
 */
export function mentionsIn(text: string): { mentions: Mention[]; words: number } {
  const tree = (grown ??= growTree())
  const mentions: Mention[] = []
  const length = text.length
  let position = 0
  let index = 0
  let starts = true
  while (index < length) {
    const code = text.charCodeAt(index)
    if (classOf(code) === NONE) {
      if (code !== 32) {
        starts = true
        if (code === 46 || code === 33 || code === 63 || code === 0x3002) position += 3
        else if (code === 10) position++
      }
      index++
      continue
    }
    const mention = longestAt(tree, text, index, position)
    if (mention) {
      if (starts) mention.concepts |= CLAUSE_START
      starts = false
      mentions.push(mention)
      index = mention.end
      position++
    } else if (isUnspaced(code)) {
      index++
      // Two letters are about a word.
      position += 0.5
    } else {
      const start = index++
      while (index < length) {
        const next = text.charCodeAt(index)
        if (next < 128 ? classes[next] === NONE : classOf(next) === NONE || isUnspaced(next)) break
        index++
      }
      position++
      starts &&= index - start <= 6 && POLITE.has(text.slice(start, index).toLowerCase())
    }
  }
  return { mentions, words: position }
}

function longestAt(
  { children, wide, exact, stem }: Tree,
  text: string,
  start: number,
  position: number,
): Mention | undefined {
  let node = 0
  let concepts = 0
  let end = start
  let index = start
  for (;;) {
    const code = index < text.length ? text.charCodeAt(index) : 0
    let kind = classOf(code)
    const wordEnds =
      kind === NONE || isUnspaced(code) || (index > start && isUnspaced(text.charCodeAt(index - 1)))
    if (wordEnds && index > start) {
      const here = (exact[node] ?? 0) | (stem[node] ?? 0)
      if (here !== 0) {
        concepts = here
        end = index
      }
    }
    if (kind === NONE) {
      if (!isGap(code) || children[node * CLASSES + GAP] === 0) break
      // At most four: a phrase broken over lines is still one.
      let gap = 1
      while (gap < 4 && isGap(text.charCodeAt(index + gap))) gap++
      index += gap - 1
      kind = GAP
    }
    const next =
      kind === OTHER
        ? (wide.get(node * 65_536 + foldWide(code)) ?? 0)
        : (children[node * CLASSES + kind] ?? 0)
    if (next === 0) {
      if (wordEnds || stem[node] === 0) break
      concepts = stem[node] ?? 0
      end = index
      while (end < text.length && end - index < 32 && classOf(text.charCodeAt(end)) !== NONE) end++
      break
    }
    node = next
    index++
  }
  return concepts === 0 ? undefined : { concepts, start, end, position }
}
