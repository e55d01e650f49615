import { defineClause } from '../clause.ts'
import { createSpyStore, labApiKey, readAll, type SpyStore } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const secret = 'sk-proj-Zx81LmQp4TnW7vKc'
const prompt = `My password is hunter2-tangerine and my key is ${secret}`
const tenant = 'tenant-ann@example.com'

/** A key as it is, and whatever its parts are the base64, hex or percent encoding of. */
function readings(key: string): string[] {
  const parts = [key, ...key.split(/[^\w+/=%-]+/)]
  const decoded = parts.flatMap((part) =>
    (['base64', 'base64url', 'hex'] as const).map((encoding) =>
      Buffer.from(part, encoding).toString('latin1'),
    ),
  )
  return [...parts, ...parts.map(percentDecoded), ...decoded]
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The keys of all entries. */
function keysOf(store: SpyStore): string[] {
  return [...store.entries.keys()]
}

export const CAC06 = defineClause({
  id: 'CAC-06',
  sentence: 'Keys hold no secret and no prompt text.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache', 'byte-store'],
  scenarios: [
    {
      name: 'a key holds neither prompt nor tenant, neither API key nor address of the provider',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        const made = pipeline({ server, responseCache: { store } })
        await made.chat(askCacheable(prompt), { tenant })
        await readAll(made.stream(askCacheable(`${prompt}, too`), { tenant }))
        const keys = keysOf(store)
        check.equal(keys.length, 2, 'keys')
        const port = new URL(server.baseUrl).port
        const secrets = [
          'hunter2',
          'tangerine',
          'password',
          secret,
          tenant,
          'example.com',
          labApiKey,
          '127.0.0.1',
        ]
        for (const reading of keys.flatMap(readings)) {
          for (const needle of [...secrets, `:${port}`]) check.lacks(reading, needle, 'a key')
        }
        for (const text of store.seen) {
          for (const needle of [secret, 'tangerine', labApiKey])
            check.lacks(text, needle, 'what the store was given')
        }
      },
    },
    {
      name: 'keys are equally long for a prompt of one character and for one of 100,000',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        const made = pipeline({ server, responseCache: { store } })
        for (const text of ['', '?', 'x'.repeat(100_000)]) {
          for (const name of ['', 't', 't'.repeat(10_000)])
            await made.chat(askCacheable(text), { tenant: name })
        }
        const keys = keysOf(store)
        check.equal(keys.length, 9, 'keys')
        check.equal(new Set(keys.map(({ length }) => length)).size, 1, 'distinct lengths')
        check.between(keys[0]?.length, 1, 250, 'the length')
        for (const key of keys) check.match(key, /^[\x21-\x7e]+$/, 'a key is printable ASCII')
      },
    },
    {
      name: 'secrets in tools, images, names, unknown fields and bookkeeping fields do not get into a key',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const store = createSpyStore()
        const made = pipeline({ server, responseCache: { store }, provider: { name: `provider-${secret}` } })
        const fields = {
          user: secret,
          metadata: { [secret]: secret },
          tools: [{ type: 'function', function: { name: 'f', description: secret, parameters: {} } }],
          extra_body: { api_key: secret, [secret]: 1 },
          [secret]: true,
          prompt_cache_key: secret,
        }
        const messages = [
          { role: 'system' as const, content: secret, name: secret },
          {
            role: 'user' as const,
            content: [{ type: 'image_url', image_url: { url: `https://x/${secret}` } }],
          },
        ]
        for (const mode of ['use', 'use', 'refresh'] as const) {
          await made.chat(askCacheable('', { ...fields, messages }), {
            tenant: secret,
            endpoint: secret,
            cache: mode,
          })
        }
        await made.chat(askCacheable('Hi', { model: secret }), { promptVersion: secret })
        check.equal(keysOf(store).length, 2, 'keys')
        for (const key of store.seen.flatMap((text) => (store.entries.has(text) ? readings(text) : []))) {
          check.lacks(key, secret, 'a key')
          check.lacks(key, secret.toLowerCase(), 'a key')
        }
      },
    },
  ],
})
