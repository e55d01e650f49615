import { activeRules, type ActiveRule } from './active-rules.ts'
import { createJsonText } from './json-text.ts'
import { maskValue } from './mask.ts'
import { isReplacing, type GuardrailPolicy } from './policy.ts'
import type { Finding, TextPlace } from './rule.ts'
import { runRule } from './run-rule.ts'
import type { Tally } from './tally.ts'
import type { Vault } from './vault.ts'
import { spanInOriginal, toOriginal, toView, viewsOf, type TextView } from './text-view.ts'
import type { ValueHash } from './value-hash.ts'

export interface TextGateOptions {
  place: TextPlace
  /** The path that verdicts name: `choices[0].message.content`. */
  path: string
  /** Where findings are counted; several gates of one answer share it. Sizes are added by whoever feeds the gates. */
  tally: Tally
  /** The text is JSON, so that a placeholder outside a string is written with quotes. Default false. */
  json?: boolean
  /** Keeps what is redacted, and numbers it; for whole texts only. Default: nothing is kept. */
  vault?: Vault | undefined
}

/**
 * Lets one text through piece by piece. What `push` and `end` return, joined, is the guarded text, however the text is
 * cut. Once the tally is blocked, nothing more comes out.
 */
export interface TextGate {
  /** Takes the next piece and returns what can be released: all but what a rule may still need. */
  push(text: string): string
  /** Takes the last piece, ends the text and returns the rest. Default: nothing more comes. */
  end(text?: string): string
}

/** What stands in the place of a finding: `[EMAIL]`. Holds no digit, `@` or lower-case letter, so no rule finds it. */
export function placeholderFor(type: string): string {
  return `[${type.toUpperCase()}]`
}

interface Candidate {
  active: ActiveRule
  finding: Finding
  /** The finding as its rule read it, for actions that show something of it; else empty. */
  value: string
}

function byPosition(one: Candidate, other: Candidate): number {
  return (
    one.finding.start - other.finding.start ||
    other.finding.end - one.finding.end ||
    one.active.order - other.active.order
  )
}

/** A gate at the start of a text. */
export function createTextGate(policy: GuardrailPolicy, options: TextGateOptions): TextGate {
  const { acting, reporting, whole, context } = activeRules(policy, options.place.direction)
  const { hashValue } = policy
  const gate = createRulesGate({ local: acting, whole, context, hashValue }, options)
  if (reporting.length === 0) return gate
  // Rules that only report must not hold text back either, so they look at a copy (GRD-14).
  const aside = createRulesGate({ local: reporting, whole: [], context }, options)
  return {
    push(text) {
      aside.push(text)
      return gate.push(text)
    },
    end(text) {
      aside.end(text)
      return gate.end(text)
    },
  }
}

interface GateRules {
  local: readonly ActiveRule[]
  whole: readonly ActiveRule[]
  context: number
  hashValue?: ValueHash | undefined
}

function createRulesGate(
  { local, whole, context, hashValue }: GateRules,
  options: TextGateOptions,
): TextGate {
  const { place, path, tally, vault } = options
  const json = options.json ? createJsonText() : undefined
  // Offsets are into `buffer`; `dropped` is what came before it. Text before `from` is decided.
  let buffer = ''
  let dropped = 0
  let from = 0
  /** Everything before this offset of the whole text is redacted or released. */
  let covered = 0
  /** Where the last counted finding of each rule ended, in the whole text: findings of one rule may overlap. */
  const lastEnds = new Map<ActiveRule, number>()
  /** A mask that waits: while another finding may still overlap the value, what the mask shows of it may be a part of that one. */
  let waiting: { type: string; mask: string } | undefined
  let all = ''

  function heldFrom(): number {
    if (local.length === 0) return buffer.length
    // Half a surrogate pair is no character yet.
    const known = endsInsidePair(buffer) ? buffer.slice(0, -1) : buffer
    let hold = known.length
    for (const view of viewsOf(known)) {
      const start = toView(view, from)
      for (const active of local) {
        const own = runRule(active, tally, path, () => active.rule.holdFrom?.(view.text, start))
        if (own !== undefined) hold = Math.min(hold, toOriginal(view, own, known.length))
      }
    }
    return Math.max(from, hold)
  }

  function candidatesBefore(hold: number, views: readonly TextView[]): Candidate[] {
    const candidates: Candidate[] = []
    for (const view of views) {
      const first = toView(view, from)
      for (const active of local) {
        const found = runRule(active, tally, path, () => active.rule.find(view.text, place, first))
        for (const finding of found ?? []) {
          const length = finding.end - finding.start
          if (finding.start < first || length <= 0 || length > active.rule.reach) continue
          const span = spanInOriginal(view, finding.start, finding.end)
          if (span.start >= hold) continue
          const isShown = active.action === 'mask' || active.action === 'hash'
          const value = isShown ? view.text.slice(finding.start, finding.end) : ''
          candidates.push({ active, finding: { ...finding, ...span }, value })
        }
      }
    }
    return candidates.length > 1 ? candidates.sort(byPosition) : candidates
  }

  /** What no rule can still need as context, in any view. */
  function spentBefore(views: readonly TextView[]): number {
    let spent = Math.max(0, from - context)
    for (const view of views) {
      const needed = Math.max(0, toView(view, from) - context)
      spent = Math.min(spent, toOriginal(view, needed, buffer.length))
    }
    return spent > 0 && endsInsidePair(buffer.slice(spent - 1, spent)) ? spent - 1 : spent
  }

  function count({ active, finding }: Candidate): boolean {
    if (dropped + finding.start < (lastEnds.get(active) ?? 0)) return false
    lastEnds.set(active, dropped + finding.end)
    tally.add(active, finding, path)
    return true
  }

  /** What a stretch of a string of JSON says; any other text as it is. */
  function said(text: string): string {
    if (!json?.inString) return text
    try {
      return String(JSON.parse(`"${text}"`))
    } catch {
      return text
    }
  }

  /** The end of a finding and of all that overlap it, which go with it. */
  function endWithOthers(finding: Finding, candidates: readonly Candidate[]): number {
    let { end } = finding
    for (const { active, finding: next } of candidates) {
      if (isReplacing(active.action) && next.start >= finding.start && next.start < end)
        end = Math.max(end, next.end)
    }
    return end
  }

  function placeholderOf({ active, finding, value }: Candidate, candidates: readonly Candidate[]): string {
    const { type } = finding
    const hash = active.action === 'hash' ? hashValue : undefined
    if (!vault) return hash ? `[${type.toUpperCase()}#${hash(type, said(value))}]` : placeholderFor(type)
    const end = endWithOthers(finding, candidates)
    const original = said(buffer.slice(finding.start, end))
    if (!hash) return vault.placeholderFor(type, original)
    const hashed = hash(type, end > finding.end ? original : said(value))
    return vault.keep(`[${type.toUpperCase()}#${hashed}]`, original)
  }

  /** Decides everything before `hold` and returns what of it may leave. */
  function release(hold: number, read?: readonly TextView[]): string {
    let released = ''
    const emit = (start: number, end: number): void => {
      if (end <= start) return
      const piece = buffer.slice(start, end)
      json?.read(piece)
      released += piece
    }
    const write = (replacement: string): void => {
      released += json && !json.inString ? `"${replacement}"` : replacement
    }
    const settleMask = (isAlone: boolean): void => {
      if (waiting) write(isAlone ? waiting.mask : placeholderFor(waiting.type))
      waiting = undefined
    }
    const views = local.length === 0 ? [] : (read ?? viewsOf(buffer))
    const candidates = candidatesBefore(hold, views)
    for (const candidate of candidates) {
      const { active, finding } = candidate
      const { action } = active
      if (!isReplacing(action)) {
        count(candidate)
        continue
      }
      const end = dropped + finding.end
      const start = dropped + finding.start
      if (start >= covered) {
        settleMask(true)
        count(candidate)
        emit(Math.max(from, covered - dropped), finding.start)
        if (action === 'mask')
          waiting = { type: finding.type, mask: maskValue(finding.type, said(candidate.value)) }
        else write(placeholderOf(candidate, candidates))
        covered = end
        continue
      }
      // It overlaps one that is already replaced: the rest of it goes too.
      if (end > covered || action !== 'mask') settleMask(false)
      if (end > covered) {
        count(candidate)
        covered = end
      }
    }
    if (dropped + hold >= covered) settleMask(true)
    emit(Math.max(from, covered - dropped), hold)
    covered = Math.max(covered, dropped + hold)
    from = hold
    const cut = spentBefore(views)
    if (cut > 0) {
      buffer = buffer.slice(cut)
      dropped += cut
      from -= cut
    }
    return tally.isBlocked ? '' : released
  }

  return {
    push(text) {
      if (text === '' || tally.isBlocked) return ''
      buffer += text
      if (whole.length > 0) all += text
      return release(heldFrom())
    },
    end(text = '') {
      if (tally.isBlocked) return ''
      buffer += text
      if (whole.length > 0) all += text
      // A text that came at once is read as it is looked through.
      const views = whole.length > 0 ? viewsOf(all) : []
      const released = release(buffer.length, buffer === all ? views : undefined)
      for (const active of whole) {
        // What is to be seen in either view is one finding.
        for (const view of views) {
          const found = runRule(active, tally, path, () => active.rule.find(view.text, place)) ?? []
          const kept = found.filter(({ start, end }) => end - start <= active.rule.reach)
          for (const finding of kept) {
            tally.add(active, { ...finding, ...spanInOriginal(view, finding.start, finding.end) }, path)
          }
          if (kept.length > 0) break
        }
      }
      return tally.isBlocked ? '' : released
    },
  }
}

/** True when the text ends with the first half of a surrogate pair. */
function endsInsidePair(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800
}
