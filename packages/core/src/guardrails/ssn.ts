import type { Finding, GuardrailRule } from './rule.ts'
import { isDigitCode, isWordCode, skipEscape, startsWord, WORD_START_CONTEXT } from './word-start.ts'

const REACH = 11
// Never assigned: areas 000, 666 and 900-999, group 00, serial 0000 (ssa.gov/employer/randomization.html, read 2026-11-24).
const NUMBER = /(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?!\w|[-.]\d)/y

function canStart(text: string, index: number): boolean {
  if (!startsWord(text, index)) return false
  return !'-./'.includes(text.charAt(index - 1) || '?') || !isWordCode(text.charCodeAt(index - 2))
}

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  const groups = /\d+/g
  groups.lastIndex = from
  for (let group = groups.exec(text); group; group = groups.exec(text)) {
    const next = text.charCodeAt(groups.lastIndex)
    // Few numbers have a dash or a space after them.
    if (next !== 45 && next !== 32) continue
    const start = skipEscape(text, group.index)
    if (groups.lastIndex - start !== 3 || !canStart(text, start)) continue
    NUMBER.lastIndex = start
    if (NUMBER.test(text)) findings.push({ type: 'ssn', start, end: NUMBER.lastIndex })
  }
  return findings
}

function holdFrom(text: string, from: number): number {
  // Two more: what follows the last digit decides too.
  const limit = Math.max(from, text.length - REACH - 2)
  let run = text.length
  while (run > limit && /[\d .-]/.test(text.charAt(run - 1))) run--
  for (let index = run; index < text.length; index++) {
    if (isDigitCode(text.charCodeAt(index)) && canStart(text, index)) return index
  }
  return text.length
}

/** Rule `pii.ssn`: US social security numbers written in groups, `219-09-9998` or `219 09 9998`, that can be assigned. */
export function ssnRule(): GuardrailRule {
  return {
    id: 'pii.ssn',
    family: 'pii',
    directions: ['input', 'output'],
    reach: REACH,
    context: WORD_START_CONTEXT,
    version: '1',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
