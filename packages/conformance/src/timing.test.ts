import { expect, test } from 'vitest'

import { createChecks } from './checks.ts'
import { openLab } from './lab.ts'
import { errorAnswer } from './servers/provider.ts'
import { assertInTime, undisturbed } from './timing.ts'

const check = createChecks({ typedErrors: true })

test('a chance that was late leaves nothing open at its servers, and is the last one at the third', async () => {
  const { lab, close } = openLab([])
  let chances = 0
  const run = undisturbed(async ({ faults }) => {
    chances++
    const server = await faults(() => new Promise(() => {}))
    void fetch(server.baseUrl, { method: 'POST' }).catch(() => {})
    await server.received(1)
    assertInTime(check, chances === 1 ? 2 : 1, 1, 'the first chance')
    await server.close()
  })
  await run(lab)
  expect(chances).toBe(2)
  expect(await close()).toEqual([])

  let lates = 0
  const late = undisturbed(async () => {
    lates++
    assertInTime(check, 2, 1, 'every chance')
  })
  await expect(late(lab)).rejects.toThrow('every chance must be at most 1 ms')
  expect(lates).toBe(3)
})

test('what is no lateness gets no second chance', async () => {
  const { lab, close } = openLab([])
  let chances = 0
  const wrong = undisturbed(async ({ faults }) => {
    chances++
    await faults([errorAnswer(500)])
    throw new Error('wrong')
  })
  await expect(wrong(lab)).rejects.toThrow('wrong')
  expect(chances).toBe(1)
  await close()
})
