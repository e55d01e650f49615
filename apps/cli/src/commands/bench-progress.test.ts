import { expect, test } from 'vitest'

import { createBenchProgress } from './bench-progress.ts'

function run() {
  const lines: string[] = []
  let now = 0
  const progress = createBenchProgress({
    parts: [
      { name: 'suite', expectedSeconds: 40 },
      { name: 'overhead', expectedSeconds: 60 },
    ],
    write: (line) => lines.push(line),
    nowMs: () => now,
  })
  return { lines, progress, pass: (seconds: number) => (now += seconds * 1000) }
}

test('the bar is over the whole run, and what is left follows what the parts are expected to take', () => {
  const { lines, progress, pass } = run()
  progress.begin('suite')
  pass(40)
  progress.begin('overhead')
  pass(30)
  progress.advance('loopback', 5, 10)
  pass(30)
  progress.end()
  expect(lines).toEqual([
    '[....................] about 100 s left  suite  \n',
    '[########............] about 60 s left  overhead  \n',
    '[##############......] about 30 s left  overhead  loopback  5/10\n',
    'suite 40 s, overhead 60 s; 100 s in all\n',
  ])
})

test('a machine that takes twice as long is believed', () => {
  const { lines, progress, pass } = run()
  progress.begin('suite')
  pass(80)
  progress.begin('overhead')
  expect(lines.at(-1)).toBe('[########............] about 120 s left  overhead  \n')
})

test('a part that says nothing is not done before it ends', () => {
  const { lines, progress, pass } = run()
  progress.begin('suite')
  pass(400)
  progress.say('still at it')
  expect(lines.at(-1)).toMatch(/^\[#######\.+\] about \d+ s left {2}suite {2}still at it\n$/)
  expect(() => progress.begin('unknown')).toThrow(TypeError)
})
