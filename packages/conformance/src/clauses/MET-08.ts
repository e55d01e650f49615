import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { lastText, provider } from '../servers/provider.ts'

export const MET08 = defineClause({
  id: 'MET-08',
  sentence:
    'Model, endpoint, prompt version, tenant and stream/non-stream are labels of the record, and summaries split by each.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics'],
  scenarios: [
    {
      name: 'a record carries the labels of its call',
      case: 'ordinary',
      async run({ check, ordinary, pipeline, records }) {
        const made = pipeline({ server: await ordinary() })
        const context = { tenant: 'acme', endpoint: 'support', promptVersion: 'v7' }
        await made.chat(ask('Hello', { model: 'gpt-4o-mini' }), context)
        const { model, tenant, endpoint, promptVersion, stream, provider: name, operation } = records[0] ?? {}
        check.deepEqual(
          { model, tenant, endpoint, promptVersion, stream, name, operation },
          {
            model: 'gpt-4o-mini',
            tenant: 'acme',
            endpoint: 'support',
            promptVersion: 'v7',
            stream: false,
            name: 'openai',
            operation: 'chat',
          },
        )
      },
    },
    {
      name: 'summaries split by each label, and the parts add up to the whole',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ text: 'Yes.', usage: { prompt_tokens: Number(lastText(request)) } })),
        )
        const made = pipeline({ server })
        // The input tokens are powers of two, so a sum says which calls it holds.
        await made.chat(ask('1', { model: 'gpt-4o' }), { tenant: 'a', endpoint: 'x', promptVersion: '1' })
        await made.chat(ask('2', { model: 'gpt-4o-mini' }), {
          tenant: 'a',
          endpoint: 'y',
          promptVersion: '2',
        })
        await made.chat(ask('4', { model: 'gpt-4o' }), { tenant: 'b', endpoint: 'y', promptVersion: '2' })
        await readAll(
          made.stream(ask('8', { model: 'gpt-4o' }), { tenant: 'b', endpoint: 'x', promptVersion: '2' }),
        )
        const split = (
          by: 'model' | 'endpoint' | 'promptVersion' | 'tenant' | 'mode',
        ): Record<string, number> =>
          Object.fromEntries(
            Object.entries(made.metrics.summary({ by }).groups ?? {}).map(([value, figures]) => [
              value,
              figures.totalInputTokens,
            ]),
          )
        check.deepEqual(split('model'), { 'gpt-4o': 13, 'gpt-4o-mini': 2 })
        check.deepEqual(split('tenant'), { a: 3, b: 12 })
        check.deepEqual(split('endpoint'), { x: 9, y: 6 })
        check.deepEqual(split('promptVersion'), { '1': 1, '2': 14 })
        check.deepEqual(split('mode'), { whole: 7, stream: 8 })
        check.equal(made.metrics.summary().totalInputTokens, 15)
        check.equal(made.metrics.summary({ where: { label: 'tenant', value: 'b' } }).totalCalls, 2)
      },
    },
    {
      name: 'sixteen calls at once keep their own labels, names such as __proto__ included',
      case: 'nasty',
      async run({ check, ordinary, pipeline, records }) {
        const made = pipeline({ server: await ordinary() })
        const names = ['__proto__', 'constructor', 'toString', 'a\nb', 'ü', '"', '{}', 'other tenant']
        await Promise.all(
          [...names, ...names].map((name, index) =>
            made.chat(ask(`call ${index}`), { tenant: name, endpoint: `e${index}`, promptVersion: name }),
          ),
        )
        const labels = records.map(({ tenant, promptVersion }) => `${tenant}=${promptVersion}`)
        check.deepEqual(labels.toSorted(), [...names, ...names].map((name) => `${name}=${name}`).toSorted())
        check.equal(new Set(records.map(({ endpoint }) => endpoint)).size, 16, 'endpoints')
        const groups = made.metrics.summary({ by: 'tenant' }).groups ?? {}
        check.deepEqual(Object.keys(groups).toSorted(), names.toSorted(), 'groups')
        for (const name of names) check.equal(groups[name]?.totalCalls, 2, `calls of ${JSON.stringify(name)}`)
      },
    },
  ],
})
