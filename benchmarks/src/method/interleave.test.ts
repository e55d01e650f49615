import { expect, test } from 'vitest'

import { interleave } from './interleave.ts'

test('each row has two turns a round, the second half in the reverse order, and the warm-up is left out', async () => {
  const order: string[] = []
  const progress: string[] = []
  let tick = 0
  const turn = (name: string) => () => {
    order.push(name)
    return tick++
  }
  const samples = await interleave({
    turns: [turn('a'), turn('b'), turn('c')],
    rounds: 3,
    warmUpRounds: 1,
    onProgress: (done, total) => progress.push(`${done}/${total}`),
  })
  for (let round = 0; round < 4; round++) {
    const turns = order.slice(round * 6, round * 6 + 6)
    expect(turns.slice(3)).toEqual(turns.slice(0, 3).toReversed())
  }
  // What drifts evenly is the same for every row of a round: its middle.
  expect(samples).toEqual([8.5, 14.5, 20.5].map((_, __, middles) => middles))
  expect(progress).toEqual(['1/4', '2/4', '3/4', '4/4'])
})
