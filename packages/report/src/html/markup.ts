/** HTML that is safe to put in a page: text from data in it is escaped already. */
export interface Markup {
  readonly html: string
}

/** What may stand in a `markup` template; text and numbers are escaped, nothing is shown of `undefined`. */
export type MarkupValue = Markup | string | number | undefined | readonly MarkupValue[]

/**
 * Markup of a template. Every value in it is escaped, as text or as a quoted attribute, unless it is markup itself:
 * forgetting to escape is not possible, marking text as safe takes `trusted`.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return {
    html: strings
      .map((text, index) => text + (index < values.length ? toHtmlText(values[index]) : ''))
      .join(''),
  }
}

/** Declares that a text is markup. Only for what this package or its chart library wrote. */
export function trusted(html: string): Markup {
  return { html }
}

function toHtmlText(value: MarkupValue): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return escapeHtml(value)
  if ('html' in value) return value.html
  return value.map(toHtmlText).join('')
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
