import { CONCEPTS, type Concept } from './lexicon.ts'

/** A word or phrase of the lexicon in a text. */
export interface Mention {
  /** The concepts it stands for, one bit each (`bitOf`). */
  concepts: number
  /** Where it stands, in UTF-16 code units. */
  start: number
  /** Exclusive. */
  end: number
  /** How many words precede it. The end of a sentence counts as three more, so that nothing reaches far across it, a line break as one. */
  position: number
}

interface Node {
  next: Map<number, Node>
  /** Concepts of an entry that ends here. */
  exact: number
  /** Concepts of an entry that every word beginning so far stands for: `ignor*`. */
  stem: number
}

const names = Object.keys(CONCEPTS)

/** The bit of a concept. */
export function bitOf(concept: Concept): number {
  return 1 << names.indexOf(concept)
}

/** The bit of a mention that begins a clause, as an order does: `^` in the notation of signals. */
export const CLAUSE_START = 1 << 31

const SPACE = 32
const OTHER = 0

/** 0 for what is no part of a word; else the letter in lower case and without its accents. */
function fold(code: number): number {
  if (code < 128) return ascii[code] ?? OTHER
  let folded = foldedCodes.get(code)
  if (folded === undefined) {
    const plain = String.fromCharCode(code).normalize('NFD').toLowerCase()
    folded = code === 0x2019 ? 39 : /^[\p{L}\p{N}]/u.test(plain) ? plain.charCodeAt(0) : OTHER
    foldedCodes.set(code, folded)
  }
  return folded
}

const ascii = Uint8Array.from({ length: 128 }, (_none, code) => {
  const char = String.fromCharCode(code)
  return /[a-z0-9']/i.test(char) ? char.toLowerCase().charCodeAt(0) : OTHER
})
// As many entries as there are UTF-16 code units, at most.
const foldedCodes = new Map<number, number>()

/** Scripts without spaces between words: a word may start, and end, at every letter. */
function isUnspaced(code: number): boolean {
  return (
    (code >= 0x2e80 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0xe00 && code <= 0xe7f)
  )
}

// What may stand before an order.
const POLITE = new Set([
  'we',
  'please',
  'pls',
  'now',
  'and',
  'then',
  'but',
  'so',
  'also',
  'ok',
  'okay',
  'hey',
  'hi',
  'hello',
  'just',
  'first',
  'kindly',
  'you',
  'must',
  'should',
  'can',
  'could',
  'will',
  'to',
  'bitte',
  'und',
  'jetzt',
  'por',
  'favor',
  'y',
  'et',
  'e',
  'i',
])

let root: Node | undefined

function makeNode(): Node {
  return { next: new Map(), exact: 0, stem: 0 }
}

function compile(): Node {
  const start = makeNode()
  for (const [concept, entries] of Object.entries(CONCEPTS)) {
    // The keys of CONCEPTS are its concepts.
    const bit = bitOf(concept as Concept)
    for (const entry of entries) {
      const isStem = entry.endsWith('*')
      let node = start
      for (const char of isStem ? entry.slice(0, -1) : entry) {
        const code = char === ' ' ? SPACE : fold(char.charCodeAt(0))
        let next = node.next.get(code)
        if (!next) node.next.set(code, (next = makeNode()))
        node = next
      }
      if (isStem) node.stem |= bit
      else node.exact |= bit
    }
  }
  inheritStems(start)
  return start
}

/** A longer entry that begins like a stem is of the stem too. */
function inheritStems(node: Node): void {
  for (const [code, next] of node.next) {
    if (code !== SPACE) next.stem |= node.stem
    inheritStems(next)
  }
}

/** What stands between the words of a phrase: spaces, and what is set between words instead of them. */
function isGap(code: number): boolean {
  return (
    code === 32 || code === 9 || code === 10 || code === 13 || code === 45 || code === 95 || code === 0xa0
  )
}

function endsSentence(code: number): boolean {
  return code === 46 || code === 33 || code === 63 || code === 0x3002
}

/**
 * The words of the lexicon in `text`, in order: at each place the longest entry, whatever its case and accents. Takes
 * time in proportion to the length of the text.
 */
export function mentionsIn(text: string): { mentions: Mention[]; words: number } {
  root ??= compile()
  const mentions: Mention[] = []
  let position = 0
  let index = 0
  let starts = true
  while (index < text.length) {
    const code = text.charCodeAt(index)
    const first = fold(code)
    if (first === OTHER) {
      if (endsSentence(code)) position += 3
      else if (code === 10) position++
      if (code !== 32) starts = true
      index++
      continue
    }
    const mention = longestAt(root, text, index, position)
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
      while (
        index < text.length &&
        fold(text.charCodeAt(index)) !== OTHER &&
        !isUnspaced(text.charCodeAt(index))
      )
        index++
      position++
      starts &&= index - start <= 6 && POLITE.has(text.slice(start, index).toLowerCase())
    }
  }
  return { mentions, words: position }
}

function longestAt(from: Node, text: string, start: number, position: number): Mention | undefined {
  let node = from
  let concepts = 0
  let end = start
  let index = start
  for (;;) {
    const code = index < text.length ? text.charCodeAt(index) : OTHER
    let letter = fold(code)
    const wordEnds = letter === OTHER || isUnspaced(code) || isUnspaced(text.charCodeAt(index - 1))
    if (wordEnds && index > start && (node.exact | node.stem) !== 0) {
      concepts = node.exact | node.stem
      end = index
    }
    if (letter === OTHER) {
      if (!isGap(code) || !node.next.has(SPACE)) break
      // At most four: a phrase broken over lines is still one.
      let gap = 1
      while (gap < 4 && isGap(text.charCodeAt(index + gap))) gap++
      index += gap - 1
      letter = SPACE
    }
    const next = node.next.get(letter)
    if (!next) {
      if (wordEnds || node.stem === 0) break
      concepts = node.stem
      end = index
      while (end < text.length && end - index < 32 && fold(text.charCodeAt(end)) !== OTHER) end++
      break
    }
    node = next
    index++
  }
  return concepts === 0 ? undefined : { concepts, start, end, position }
}
