import { startsWord, WORD_START_CONTEXT } from './word-start.ts'

interface Node {
  next: Map<string, Node>
  /** A term ends here. */
  ends: boolean
}

/** Terms made ready to be looked for, all in one pass. */
export interface TermTree {
  /** The longest stretch that a term can cover in a text, in UTF-16 code units: with marks and wide gaps. */
  readonly reach: number
  /** Every place at or after `from` where a term stands; where several start, the longest. */
  find(text: string, from: number): { start: number; end: number }[]
  /** The first place at or after `from` where a longer text could still make or change a match. */
  holdFrom(text: string, from: number): number
}

const WORD = /^[\p{L}\p{N}_]$/u
const MARK = /^\p{Mn}$/u
const GAP = ' '
const GAP_LIMIT = 8

/** Folded forms: '' for combining marks, which count for nothing. At most one entry for each UTF-16 code unit. */
const folds = new Map<number, string>()

/** What a code unit is compared by: lower case, no accents, `ss` for `ß`, one space for every kind. */
function fold(code: number): string {
  let folded = folds.get(code)
  if (folded === undefined) {
    const char = String.fromCharCode(code)
    if (/^\s$/.test(char)) folded = GAP
    else
      folded = char
        .normalize('NFKD')
        .replaceAll(/\p{Mn}/gu, '')
        .toLowerCase()
        .replaceAll('ß', 'ss')
    folds.set(code, folded)
  }
  return folded
}

function isWord(code: number): boolean {
  const char = String.fromCharCode(code)
  return WORD.test(char) || MARK.test(char)
}

/** Scripts without spaces between words: every letter of them begins and ends one. */
function isUnspaced(code: number): boolean {
  return (
    (code >= 0xe00 && code <= 0xe7f) ||
    (code >= 0x2e80 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af)
  )
}

/** True when a whole word can start at `index`. */
function canStart(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (index === 0 || isUnspaced(code) || !isWord(code)) return true
  const before = text.charCodeAt(index - 1)
  return before < 128 ? startsWord(text, index) : isUnspaced(before) || !isWord(before)
}

/** True when a whole word can end before `index`. */
function canEnd(text: string, index: number): boolean {
  const last = text.charCodeAt(index - 1)
  const next = text.charCodeAt(index)
  return index >= text.length || isUnspaced(last) || !isWord(last) || isUnspaced(next) || !isWord(next)
}

/** How far before a term's start its place is judged by, in UTF-16 code units. */
export const TERM_CONTEXT = WORD_START_CONTEXT

/** A tree of `terms`, found where they are no part of a longer word. */
export function createTermTree(terms: readonly string[]): TermTree {
  const root: Node = { next: new Map(), ends: false }
  let longest = 0
  for (const term of terms) {
    let node = root
    let length = 0
    for (const char of foldTerm(term)) {
      let next = node.next.get(char)
      if (!next) node.next.set(char, (next = { next: new Map(), ends: false }))
      node = next
      length += char === GAP ? GAP_LIMIT : 2
    }
    node.ends = true
    longest = Math.max(longest, length)
  }

  /** The end of the longest term at `start`, -1 for none; and whether a longer text could change that. */
  function read(text: string, start: number): { end: number; open: boolean } {
    let node: Node | undefined = root
    let end = -1
    let index = start
    const limit = start + longest
    while (node && index < text.length && index < limit) {
      const folded = fold(text.charCodeAt(index))
      index++
      if (folded === GAP) {
        const gapEnd = Math.min(limit, index - 1 + GAP_LIMIT)
        while (index < gapEnd && fold(text.charCodeAt(index)) === GAP) index++
      }
      for (const char of folded) node = node?.next.get(char)
      if (node?.ends && canEnd(text, index)) end = index
    }
    return { end, open: node !== undefined && index >= text.length && index < limit }
  }

  const begins = (code: number): boolean => root.next.has(fold(code).charAt(0))
  const asciiBegins = Array.from({ length: 128 }, (_none, code) => begins(code))

  function isPlace(text: string, index: number): boolean {
    const code = text.charCodeAt(index)
    return (code < 128 ? asciiBegins[code] === true : begins(code)) && canStart(text, index)
  }

  return {
    reach: longest,
    find(text, from) {
      const found: { start: number; end: number }[] = []
      for (let start = from; start < text.length; start++) {
        if (!isPlace(text, start)) continue
        const { end } = read(text, start)
        if (end !== -1) found.push({ start, end })
      }
      return found
    },
    holdFrom(text, from) {
      for (let start = Math.max(from, text.length - longest); start < text.length; start++) {
        if (isPlace(text, start) && read(text, start).open) return start
      }
      return text.length
    },
  }
}

function foldTerm(term: string): string {
  const folded = Array.from({ length: term.length }, (_none, index) => fold(term.charCodeAt(index)))
  return folded.join('').replaceAll(/ +/g, GAP).trim()
}
