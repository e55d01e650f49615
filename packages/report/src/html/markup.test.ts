import { expect, test } from 'vitest'

import { markup, trusted } from './markup.ts'

test('values are escaped, in text and in attributes', () => {
  const name = `<script>&"'`
  expect(markup`<a title="${name}">${name}</a>`.html).toBe(
    '<a title="&lt;script&gt;&amp;&quot;&#39;">&lt;script&gt;&amp;&quot;&#39;</a>',
  )
})

test('markup in markup stays, lists are joined, undefined is nothing', () => {
  expect(markup`<ul>${[1, 2].map((item) => markup`<li>${item}</li>`)}${undefined}</ul>`.html).toBe(
    '<ul><li>1</li><li>2</li></ul>',
  )
  expect(markup`${trusted('<br>')}${['<', trusted('<hr>')]}`.html).toBe('<br>&lt;<hr>')
})
