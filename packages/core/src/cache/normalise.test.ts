import { expect, test } from 'vitest'

import { normaliseRequest, normaliseText } from './normalise.ts'

test.each([
  ['How do I brew tea?', 'how do I brew  tea'],
  ['How do I brew tea?', '  how do I brew tea?? '],
  ['Where is it.', 'where is it!'],
  ['It’s late', "it's late."],
  ['Zoë e\u0301tait la?', 'zoë était la'],
  ['Passage: Tea is hot.\n\nQuestion: Why?', 'passage: Tea is hot\n\nquestion: why'],
])('%j and %j are one question', (one, other) => {
  expect(normaliseText(one)).toBe(normaliseText(other))
})

test.each([
  ['What is -5 and 5', 'What is 5 and 5'],
  ['Is -5 small?', 'Is 5 small?'],
  ['Add 1.5 and 2', 'Add 15 and 2'],
  ['At 10:30', 'At 10 30'],
  ['Learn C', 'Learn C++'],
  ['Learn C', 'Learn C#'],
  ['What is 5!', 'What is 5'],
  ['Who helps us', 'Who helps US'],
  ['What is IT', 'What is it'],
  ['Turn on', 'Turn off'],
  ['Let us eat, grandma', 'Let us eat grandma'],
  ['Translate "Polish"', 'Translate "polish"'],
  ["Translate 'Polish'", "Translate 'polish'"],
  ['if (A) return B', 'if (a) return b'],
  ['{"Name": 1}', '{"name": 1}'],
  ['see https://a.example/X', 'see https://a.example/x'],
  ['def f\n  Return', 'def f\nReturn'],
  ['costs $5.', 'costs 5'],
  ['re-sign', 'resign'],
  ['How long are 5 Mm', 'How long are 5 mm'],
  ['Is 300\u00a0 K hot', 'Is 300\u00a0 k hot'],
  ['5 %', '5'],
  ['.NET', 'NET'],
  ['e-mail Me_Now', 'e-mail me_now'],
])('%j and %j stay two', (one, other) => {
  expect(normaliseText(one)).not.toBe(normaliseText(other))
})

test('normalising twice changes nothing more', () => {
  for (const text of ['How?  Why?!', 'A. B. C.', '…', '? ?', "It's", 'x\n\ny.', '5.?'])
    expect(normaliseText(normaliseText(text))).toBe(normaliseText(text))
})

test('only the last message is touched, and only where it is the user’s', () => {
  const system = { role: 'system', content: 'Be Brief.' } as const
  const user = { role: 'user', content: 'Why  Tea?' } as const
  const request = { model: 'm', messages: [system, user] }
  expect(normaliseRequest(request)).toEqual({
    model: 'm',
    messages: [system, { role: 'user', content: 'why tea' }],
  })
  expect(normaliseRequest({ model: 'm', messages: [user, system] }).messages).toEqual([user, system])
  const parts = [
    { type: 'text', text: 'What is This?' },
    { type: 'image_url', image_url: { url: 'https://A.example' } },
  ]
  expect(
    normaliseRequest({ model: 'm', messages: [{ role: 'user', content: parts }] }).messages[0]?.content,
  ).toEqual([{ type: 'text', text: 'what is this' }, parts[1]])
})
