import { inspect } from 'node:util'

import { defineClause } from '../clause.ts'
import { createSpyStore, labApiKey, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { chatAnswer, errorAnswer, lastText, provider } from '../servers/provider.ts'

const noModels: Answer = { steps: [{ text: '{"object":"list","data":[]}' }] }

/** Calls the provider once; it answers after this long. */
async function call({ clock }: Lab, server: FaultServer, send: () => Promise<unknown>, latencyMs: number) {
  const sent = send()
  const { index } = await server.received(server.journal.length + 1)
  clock.advance(latencyMs)
  server.release(`answer ${index}`)
  await sent.catch(() => {})
}

/** A provider that answers when its gate is opened; with an error where the prompt says so. */
function gated({ faults }: Lab): Promise<FaultServer> {
  return faults((request) => {
    if (request.method === 'GET') return noModels
    const answer = lastText(request).includes('fail')
      ? errorAnswer(400)
      : chatAnswer(request, { text: 'Yes.' })
    return { ...answer, before: [{ gate: `answer ${request.index}` }] }
  })
}

export const HLT03 = defineClause({
  id: 'HLT-03',
  sentence: 'The report holds versions, uptime, error rate and p95 over five minutes, and no secret.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'health', 'metrics', 'byte-store', 'clock'],
  scenarios: [
    {
      name: 'versions, uptime, error rate and p95 of what has been called',
      case: 'ordinary',
      async run(lab) {
        const { check, clock, pipeline } = lab
        const server = await gated(lab)
        const made = pipeline({ server })
        for (let index = 1; index <= 20; index++) {
          const text = index % 4 === 0 ? 'Please fail' : 'Hello'
          await call(lab, server, () => made.chat(ask(text)), index * 100)
        }
        const report = await made.health()
        check.ok(Object.keys(report.versions).length > 0, 'there must be versions')
        for (const version of Object.values(report.versions))
          check.match(version, /^\d+\.\d+\.\d+/, 'a version')
        check.equal(report.uptimeMs, 21_000, 'uptime')
        check.equal(report.errorRate, 0.25, 'error rate')
        check.between(report.p95LatencyMs, 1_880, 1_920, 'p95')
        clock.advance(60_000)
        check.equal((await made.health()).uptimeMs, 81_000, 'uptime a minute later')
      },
    },
    {
      name: 'before the first call, and five minutes after the last, rate and latency are zero',
      case: 'boundary',
      async run(lab) {
        const { check, clock, pipeline } = lab
        const server = await gated(lab)
        const made = pipeline({ server })
        const fresh = await made.health()
        check.deepEqual(
          [fresh.uptimeMs, fresh.errorRate, fresh.p95LatencyMs],
          [0, 0, 0],
          'before the first call',
        )
        await call(lab, server, () => made.chat(ask('Please fail')), 700)
        clock.advance(4 * 60_000)
        const recent = await made.health()
        check.equal(recent.errorRate, 1, 'error rate after four minutes')
        check.between(recent.p95LatencyMs, 693, 707, 'p95 after four minutes')
        // Windows round to slots of ten seconds.
        clock.advance(60_000 + 10_000)
        const later = await made.health()
        check.deepEqual([later.errorRate, later.p95LatencyMs], [0, 0], 'after five minutes')
      },
    },
    {
      name: 'refused and cut answers count as failed, cancelled and cached ones as the summary has them',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const replies = [{ text: 'Yes.' }, { text: 'Cut', finishReason: 'length' }, { refusal: 'No.' }]
        const server = await faults((request) => {
          if (request.method === 'GET') return noModels
          const reply = replies[Number(lastText(request))]
          return reply ? chatAnswer(request, reply) : errorAnswer(400)
        })
        const made = pipeline({ server, responseCache: { store: createSpyStore() } })
        for (const text of ['0', '1', '2', '3', '0']) await made.chat(askCacheable(text)).catch(() => {})
        await made.chat(ask('0'), { signal: AbortSignal.abort() }).catch(() => {})
        const { errorRate } = await made.health()
        const { successRate } = made.metrics.summary({ lastHours: 1 })
        // Two of five succeeded, one of them from the cache; the one that was aborted says nothing.
        check.between(errorRate, 0.599, 0.601, 'the error rate')
        check.between(errorRate + successRate, 0.999, 1.001, 'the two rates')
      },
    },
    {
      name: 'a wall clock set back changes neither uptime nor the sign of anything',
      case: 'nasty',
      async run({ check, clock, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.' })) })
        clock.advance(5_000)
        clock.setWallClock(clock.now() - 86_400_000)
        await made.chat(ask('Hello'))
        const report = await made.health()
        check.equal(report.uptimeMs, 5_000, 'uptime')
        check.ok(report.errorRate >= 0 && report.p95LatencyMs >= 0, 'nothing may be negative')
      },
    },
    {
      name: 'what goes wrong is told without keys, prompts, answers and addresses',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const prompt = 'hunter2-tangerine'
        const server = await faults([
          errorAnswer(401, { message: `Incorrect API key ${labApiKey}. Prompt: ${prompt}`, code: labApiKey }),
        ])
        const secretUrl = 'redis://ann:hunter2@10.0.0.7:6379'
        const store = Object.assign(createSpyStore(), {
          ping: () => Promise.reject(Object.assign(new Error(`connect ${secretUrl}`), { name: secretUrl })),
        })
        const made = pipeline({ server, responseCache: { store } })
        await made.chat(askCacheable(prompt), { tenant: prompt }).catch(() => {})
        const report = await made.health()
        check.equal(report.status, 'fail', 'the whole')
        check.ok(report.parts.provider.reason && report.parts.store.reason, 'both parts must say why')
        for (const text of [JSON.stringify(report), inspect(report, { depth: 9, showHidden: true })]) {
          const port = new URL(server.baseUrl).port
          for (const secret of [labApiKey, 'sk-lab', 'hunter2', 'tangerine', '10.0.0.7', `:${port}`])
            check.lacks(text, secret, 'the report')
        }
      },
    },
  ],
})
