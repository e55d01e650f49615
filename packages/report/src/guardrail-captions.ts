import { formatShare } from './figures.ts'
import type { Guardrails } from './guardrails.ts'

/** What a reader has to know of the guardrails benchmark before its tables, in words that Markdown and HTML share. */
export const guardrailCaptions = {
  lookedFor:
    'Looked for by our default rules: e-mail addresses, payment cards, IBANs, US social security numbers, telephone numbers, IP addresses, the user and ' +
    "password of a URL; vendors' keys by their prefixes, JSON web tokens, PEM private keys, values assigned to names such as `api_key` or `DB_PASSWORD`; " +
    'orders that override instructions, draw out the prompt or a secret, give a role without rules, or forge delimiters.',
  notLookedFor:
    'Not looked for: names of people, postal addresses, dates of birth, identity numbers of other countries than the US, diagnoses; passwords of words ' +
    'alone; toxicity and other matters of meaning; instructions hidden in retrieved text or mail that do not read as an attack (indirect injection). ' +
    'The whole list is in `docs/guardrails.md`.',
  languages:
    'Languages: data and secrets are found by their shape, in any language, though words that vouch for a number ("phone") are English. The words of ' +
    'attacks were judged on English and German sets; those of other languages (Spanish, French, Russian, Chinese, Japanese, Arabic, Hindi and some more) are ' +
    'translations of these.',
  /** Undefined where every set is someone else's and has many texts. */
  smallSets: ({ rows }: Guardrails): string | undefined => {
    const own = new Set(rows.map(({ set }) => set).filter((set) => set.endsWith('_own')))
    const fewest = Math.min(...rows.map(({ n }) => n))
    const said = [
      ...(own.size > 0
        ? [
            `The sets built in (${[...own].join(', ')}) are small and of our own writing: they show that the checks work, not how often they will on your texts.`,
          ]
        : []),
      ...(fewest < fewTexts
        ? [
            'A set of few texts says little of how often: ' +
              `had all ${fewest} of ${fewest} been right, the 95 % Wilson interval would reach down to ${formatShare(lowOfAllRight(fewest))}.`,
          ]
        : []),
    ]
    return said.length > 0 ? said.join(' ') : undefined
  },
  counted:
    'Counted over the labelled sets, each library by its own documentation and without a model. P: of what was detected, how much was ' +
    'rightly so. R: of what is labelled, how much was detected. FP: of the benign texts, how many were detected in. Personal data is ' +
    'counted by stretch, types against types; the rest by text. n: the texts of a set, of which a share is over a part (R: those that hold something; ' +
    'FP: the benign ones). n beside a figure: the library is so slow that it was asked only part of the set. ' +
    'Counts and 95 % Wilson intervals stand with every row below.',
  timings:
    'Time by the clock for everything that a library looks for, in one text. Where p99 is far over p50, other processes on the machine show.',
  growth: ({ entrants, growth }: Guardrails): string =>
    'Hostile texts: CPU time of the slowest of those of each length, one look each. Left out: four times as long as a text that already took too long.' +
    (entrants.some(({ name }) => name === 'vard') && growth.some(({ chars }) => chars > vardMostChars)
      ? ' vard refuses texts of over 10,000 characters, so that it takes no time over them: 0.0 ms there is no look.'
      : ''),
  holds:
    'Counted from the rules of a policy: of a streamed answer no more than this is held back, ordinary prose up to its last word. ' +
    'Characters that show nothing come on top.',
}

/** From here on vard 1.2.0 throws. */
const vardMostChars = 10_000

/** A set of fewer texts says little of how often. */
const fewTexts = 100

/** The lower end of the 95 % Wilson score interval when all of `n` were right; the formula's other terms vanish there. */
function lowOfAllRight(n: number): number {
  return n / (n + 1.959_964 ** 2)
}
