import { expect, test } from 'vitest'

import { faultsOf } from '../__fixtures__/faults.ts'
import { faultsSection } from './faults.ts'

const faults = faultsOf({ scratch: '0.1.0', 'openai-sdk': '7.57.0' })

test('an outcome is said in words, beside a symbol and its time and requests', () => {
  const { html } = faultsSection(faults)
  expect(html).toContain(
    '<span class="ending success"><span aria-hidden="true">●</span>success</span>\n<span class="spent">1.0 s</span><span class="spent">2 requests</span></td>',
  )
  expect(html).toContain(
    '<span aria-hidden="true">∞</span>hangs</span>\n<span class="spent">&gt; 12 s</span>',
  )
  expect(html).toContain('<summary>Upstream<wbr>Error</summary>')
})

test('a fault that an entrant did not meet is a dash', () => {
  const rows = faults.rows.filter(({ fault, retries }) => fault !== 'quota' || retries === 'defaults')
  expect(faultsSection({ ...faults, rows }).html.match(/not measured/g)).toHaveLength(1)
  expect(faultsSection(faults).html).not.toContain('not measured')
})

test('streams have a matrix of their own, where there are any', () => {
  expect(faultsSection(faults).html).toContain('<h3>Streamed calls</h3>')
  const chat = { ...faults, faults: faults.faults.filter(({ stream }) => !stream) }
  expect(faultsSection(chat).html).not.toContain('Streamed calls')
})

test('a matrix with more columns than a page has room for keeps to its box', () => {
  const many = faultsOf({ one: '1', two: '1', three: '1', four: '1', five: '1', six: '1' })
  expect(faultsSection(faults).html).toContain('class="scroll faults fits"')
  expect(faultsSection(many).html).toContain('class="scroll faults"')
})
