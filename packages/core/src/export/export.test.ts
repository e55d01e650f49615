import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'

import { makeCall } from '../metrics/__fixtures__/calls.ts'
import { csvHeader, csvLine, toCsvLine } from './csv.ts'
import { formatDecimalUsd } from './decimal-usd.ts'
import { toJsonLine } from './json-lines.ts'

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('%j is no formula', (label) => {
  expect(csvLine([label])).toBe(`"'${label}"\r\n`)
})

test('fields are quoted by RFC 4180; numbers stand as they are', () => {
  expect(csvLine(['a,b', 'say "x"', 'two\nlines', 'plain', -1.5, true, undefined, null])).toBe(
    '"a,b","say ""x""","two\nlines",plain,-1.5,true,,\r\n',
  )
})

test('a record has a field for each column', () => {
  const names = csvHeader.trimEnd().split(',')
  const fields = toCsvLine(makeCall({ tenant: '=cmd' }))
    .trimEnd()
    .split(',')
  expect(fields.length).toBe(names.length)
  const row = Object.fromEntries(names.map((name, i) => [name, fields[i]]))
  expect(row).toMatchObject({
    time: '2026-11-23T12:00:00.000Z',
    tenant: `"'=cmd"`,
    cost_nano_usd: '75000',
    cost_usd: '0.000075000',
  })
})

test('decimal dollars are the nano-dollars, exactly', () => {
  assert(
    property(integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }), (nanoUsd) => {
      const [whole = '', decimals = ''] = formatDecimalUsd(nanoUsd).split('.')
      expect(decimals.length).toBe(9)
      expect(BigInt(whole + decimals)).toBe(BigInt(nanoUsd))
    }),
  )
})

test('a line of JSON is the record, on one line', () => {
  const call = makeCall({ endpoint: 'two\nlines' })
  const line = toJsonLine(call)
  expect(line.indexOf('\n')).toBe(line.length - 1)
  expect(JSON.parse(line)).toEqual({ time: '2026-11-23T12:00:00.000Z', ...call })
})
