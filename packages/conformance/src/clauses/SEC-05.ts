import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { labApiKey, readAll, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { provider } from '../servers/provider.ts'

const ways: readonly [string, (made: Pipeline) => Promise<unknown>][] = [
  ['chat', (made) => made.chat(ask('Hello'))],
  ['stream', (made) => readAll(made.stream(ask('Hello')))],
  ['embed', (made) => made.embed({ model: 'text-embedding-3-small', input: 'Hello' })],
]

const good = provider({ text: 'Yes.' })
/** Whatever was asked, and by whichever method: a client that follows a 302 asks by GET. */
const followedAnswer: Answer = {
  steps: [{ text: '{"id":"1","choices":[{"index":0,"message":{"content":"No."}}],"data":[]}' }],
}
const redirects = [301, 302, 303, 307, 308]

/** Whether a request carried a credential, in any header or in its address. */
function hasCredential({ headers, path }: Exchange): boolean {
  // The server keeps `[removed]` in place of a credential.
  return JSON.stringify([headers, path]).includes(labApiKey) || JSON.stringify(headers).includes('[removed]')
}

/** Each way of calling a server that redirects sends its credential to the configured address alone, and rejects. */
async function isNotFollowed(
  { check, faults, pipeline }: Lab,
  status: number,
  locationOf: (target: string) => string,
): Promise<void> {
  for (const [way, run] of ways) {
    const target = await faults([followedAnswer])
    const server = await faults((request) => {
      if (request.path.includes('elsewhere')) return followedAnswer
      return { status, headers: { location: locationOf(target.baseUrl) }, steps: [] }
    })
    const outcome = await run(pipeline({ server, retry: { maxRetries: 0 } })).then(
      () => 'resolved',
      () => 'rejected',
    )
    const followed = [...target.journal, ...server.journal.slice(1)]
    check.equal(
      followed.filter(hasCredential).length,
      0,
      `requests with a credential behind the ${status} of ${way}`,
    )
    if (followed.length === 0) check.equal(outcome, 'rejected', `${way} that is not redirected`)
  }
}

export const SEC05 = defineClause({
  id: 'SEC-05',
  sentence: "The provider's base URL is fixed by configuration; redirects are not followed with credentials.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed'],
  scenarios: [
    {
      name: 'a redirect to another server does not take the key along',
      case: 'ordinary',
      limitMs: 25_000,
      async run(lab) {
        for (const status of redirects) await isNotFollowed(lab, status, (target) => `${target}/elsewhere`)
      },
    },
    {
      name: 'nor does one to another place of the same server',
      case: 'boundary',
      limitMs: 25_000,
      async run(lab) {
        for (const status of redirects) await isNotFollowed(lab, status, () => '/elsewhere/chat/completions')
      },
    },
    {
      name: 'every request goes to the address that was configured, whatever the environment says',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(good)
        const other = await faults(good)
        const names = ['OPENAI_BASE_URL', 'OPENAI_API_BASE', 'OPENAI_PROXY_URL'] as const
        const before = names.map((name) => process.env[name])
        for (const name of names) process.env[name] = other.baseUrl
        try {
          const made = pipeline({ server })
          for (const [, run] of ways) await run(made)
        } finally {
          for (const [index, name] of names.entries()) {
            if (before[index] === undefined) delete process.env[name]
            else process.env[name] = before[index]
          }
        }
        check.equal(other.journal.length, 0, 'requests at the address of the environment')
        check.deepEqual(
          server.journal.map(({ path }) => path),
          ['/v1/chat/completions', '/v1/chat/completions', '/v1/embeddings'],
          'the paths',
        )
      },
    },
    {
      name: 'nothing in a request moves it to another address',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(good)
        const other = await faults(good)
        const made = pipeline({ server })
        const fields = {
          baseURL: other.baseUrl,
          base_url: other.baseUrl,
          baseUrl: other.baseUrl,
          api_base: other.baseUrl,
          path: `${other.baseUrl}/chat/completions`,
          headers: { host: new URL(other.baseUrl).host },
          extra_body: { base_url: other.baseUrl },
        }
        for (const model of ['../../elsewhere', 'gpt-4o?x=/elsewhere', other.baseUrl, '//elsewhere/v1']) {
          await made.chat(ask('Hello', { ...fields, model }))
          await readAll(made.stream(ask('Hello', { ...fields, model })))
        }
        check.equal(other.journal.length, 0, 'requests at the other address')
        check.deepEqual(
          [...new Set(server.journal.map(({ path }) => path))],
          ['/v1/chat/completions'],
          'the paths',
        )
      },
    },
    {
      name: 'a redirect in a circle, without a location, or to no address ends at once',
      case: 'nasty',
      limitMs: 25_000,
      async run({ check, faults, pipeline }) {
        for (const location of [
          '',
          '/v1/chat/completions',
          'http://',
          'file:///etc/passwd',
          'javascript:1',
        ]) {
          for (const [way, run] of ways) {
            const server = await faults([
              { status: 307, headers: location === '' ? {} : { location }, steps: [] },
            ])
            const outcome = await run(pipeline({ server, retry: { maxRetries: 0 } })).then(
              () => 'resolved',
              () => 'rejected',
            )
            check.equal(outcome, 'rejected', `${way} redirected to ${location || 'nowhere'}`)
            check.equal(server.journal.length, 1, `requests of ${way} redirected to ${location || 'nowhere'}`)
          }
        }
      },
    },
  ],
})
