import { expect, test } from 'vitest'

import { fullReport } from '../__fixtures__/report.ts'
import { conformanceSection } from './conformance.ts'

test('clauses stand under the name of their family, which is linked above the table', () => {
  const { html } = conformanceSection(fullReport())
  const links = [...html.matchAll(/<a href="#(family-[A-Z]+)">([^<]+)<\/a>/g)].map(([, id, name]) => [
    id,
    name,
  ])
  expect(links).toEqual([
    ['family-MET', 'Metrics'],
    ['family-CAC', 'Response cache'],
    ['family-GRD', 'Guardrails'],
    ['family-STR', 'Streaming'],
  ])
  const ids = [...html.matchAll(/<tr [^>]*id="([^"]+)"/g)].map(([, id]) => id)
  expect(ids).toEqual([
    'family-MET',
    'MET-01',
    'MET-02',
    'family-CAC',
    'CAC-01',
    'CAC-02',
    'family-GRD',
    'GRD-01',
    'family-STR',
    'STR-01',
  ])
})

test('a family that the contract has no name for is headed by its prefix', () => {
  const report = fullReport()
  const clause = { id: 'XYZ-01', sentence: 'Something new.', origin: 'found defect' }
  const { html } = conformanceSection({ ...report, clauses: [...(report.clauses ?? []), clause] })
  expect(html).toContain('<a href="#family-XYZ">XYZ</a> <span class="quiet">XYZ, 1</span>')
})

test('the caption counts the clauses, says what their origins mean and where those without a row are', () => {
  const { html } = conformanceSection(fullReport())
  expect(html).toContain('6 clauses.')
  for (const said of ['Classic practice:', 'User expectation:', 'Found defect:', 'MET-14', 'CAC-20'])
    expect(html).toContain(said)
})
