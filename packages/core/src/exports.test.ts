import { readdirSync, readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import * as core from './index.ts'

const sources = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('__fixtures__'))
  .map((path) => ({ path, text: readFileSync(new URL(path, import.meta.url), 'utf8') }))

test('core knows no SDK, no framework and no network; the transport is a subpath of its own', () => {
  const reached =
    /(from |BuiltinModule\()'(openai|@langchain\/|langchain|node:(http|https|net|tls|http2|child_process))|\bfetch\(/
  const offenders = sources.filter(({ text }) => reached.test(text)).map(({ path }) => path)
  expect(offenders.filter((path) => !path.startsWith('transport/'))).toEqual([])
  expect(
    sources.filter(({ text }) => /from '\.{1,2}\/transport\//.test(text)).map(({ path }) => path),
  ).toEqual([])
})

test('no export takes, wraps or returns a function that calls a model', () => {
  // Such a function is recognised by its type: it answers with a response, a vector batch or chunks, now or later.
  const modelCall =
    /=>\s*(Promise|AsyncIterable|AsyncGenerator|ReadableStream)<[^>]*(ChatResponse|ChatChunk|ChatResult|EmbedResponse|EmbedResult)/
  // `Pipeline` is the contract itself: the type that both builds implement, with no code behind it.
  const offenders = sources.filter(
    ({ path, text }) => path !== 'contract/pipeline.ts' && modelCall.test(text),
  )
  expect(offenders.map(({ path }) => path)).toEqual([])
})

test('no function of core is a generator or waits for one: chunks go in and come out one at a time', () => {
  const offenders = sources.filter(({ text }) => /async function\*|for await/.test(text))
  expect(offenders.map(({ path }) => path)).toEqual([])
})

test('importing core starts nothing and reads no environment', () => {
  expect(
    sources.filter(({ text }) => /process\.env|setInterval\(/.test(text)).map(({ path }) => path),
  ).toEqual([])
  expect(Object.keys(core).length).toBeGreaterThan(30)
})
