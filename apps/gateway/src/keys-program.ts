// Makes keys for the keys file: `plumbline keys create`.
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { createKey, parseKeys, type GatewayKey } from './keys.ts'

const help = `Usage: plumbline keys create --tenant NAME --file FILE [options]

Makes a key for the gateway, prints it once on standard output, and adds its hash to the keys file, which is made where there is none.
The key itself is kept nowhere. A gateway reads the file when it starts. To take a key back, remove its entry and start again.

Options:
  --tenant <name>       whose calls these are: a hard partition of cache, budget and records
  --file <path>         the keys file, PLUMBLINE_KEYS_FILE of the gateway
  --models <a,b>        models that may be asked for (default: all)
  --per-minute <n>      requests a minute, of all its keys together (default: the gateway's)
  --hour-usd <n>        what the tenant may spend in a UTC hour, all its keys together, in US dollars (default: no limit)
  --day-usd <n>         and in a UTC day
  -h, --help            this
`

try {
  process.exitCode = run(process.argv.slice(2))
} catch (error) {
  // Of the arguments or of the file: both say what is wrong.
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n(add --help for what there is)\n`,
  )
  process.exitCode = 2
}

function run(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      tenant: { type: 'string' },
      file: { type: 'string' },
      models: { type: 'string' },
      'per-minute': { type: 'string' },
      'hour-usd': { type: 'string' },
      'day-usd': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const { tenant, file, models } = values
  if (positionals.join(' ') !== 'create') throw new TypeError('The command is: plumbline keys create.')
  if (!tenant) throw new TypeError('--tenant is missing: whose key is it?')
  if (!file) throw new TypeError('--file is missing: which keys file is it for?')
  const [empty] = Object.entries(values).find(([, value]) => value === '') ?? []
  if (empty !== undefined) throw new TypeError(`--${empty} is empty: give it a value, or leave it out.`)
  const { key, entry } = createKey(tenant)
  const budget = {
    ...(values['hour-usd'] !== undefined && { hourUsd: Number(values['hour-usd']) }),
    ...(values['day-usd'] !== undefined && { dayUsd: Number(values['day-usd']) }),
  }
  const added: GatewayKey = {
    ...entry,
    ...(models !== undefined && { models: models.split(',').filter(Boolean) }),
    ...(values['per-minute'] !== undefined && { requestsPerMinute: Number(values['per-minute']) }),
    ...(Object.keys(budget).length > 0 && { budget }),
  }
  const known = existsSync(file) ? parseKeys(readFileSync(file, 'utf8'), file) : []
  const text = `${JSON.stringify({ keys: [...known, added] }, undefined, 2)}\n`
  // By the rules that the gateway will read it with.
  parseKeys(text, 'The new entry')
  // Whole or not at all: a gateway may be starting.
  // A new file, so that nobody reads half of one, with the rights that the old one had.
  writeFileSync(`${file}.new`, text, { mode: existsSync(file) ? statSync(file).mode : 0o600 })
  renameSync(`${file}.new`, file)
  process.stdout.write(`${key}\n`)
  process.stderr.write(`Its hash is in ${file}, for the tenant ${tenant}. The key is not shown again.\n`)
  return 0
}
