import { markup, type Markup } from './markup.ts'

/** A sentence whose parts between backticks are code. */
export function withCode(sentence: string): Markup[] {
  return sentence
    .split('`')
    .map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`))
}
