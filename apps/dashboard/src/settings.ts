import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** What the dashboard runs with. */
export interface Settings {
  ledgerPath: string
  port: number
  host: string
  /** Where a gateway answers `/healthz`; undefined: there is none. */
  gatewayUrl: string | undefined
  /** SHA-256 of the key, hex; undefined: no key, loopback only. */
  keySha256: string | undefined
  /** The calls are a demonstration's, and the page says so. */
  demo: boolean
}

/** A setting that makes no sense; the message says which and what would. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost'])

/** Reads the command line. Throws `SettingError`. */
export function readSettings(args: readonly string[]): Settings {
  const {
    ledger,
    port = '9465',
    host = '127.0.0.1',
    gateway,
    'key-file': keyFile,
    demo = false,
  } = parse(args)
  if (ledger === undefined)
    throw new SettingError('--ledger FILE is missing: the SQLite file that the pipeline writes.')
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new SettingError(`--port must be a whole number from 0 to 65535, not ${port}.`)
  if (gateway !== undefined && !/^https?:$/.test(URL.parse(gateway)?.protocol ?? ''))
    throw new SettingError(`--gateway must be a URL such as http://127.0.0.1:9464, not ${gateway}.`)
  const keySha256 = keyFile === undefined ? undefined : readKeyHash(keyFile)
  if (keySha256 === undefined && !loopbackHosts.has(host))
    throw new SettingError(`Without --key-file it listens on loopback only, not on ${host}.`)
  return { ledgerPath: ledger, port: Number(port), host, gatewayUrl: gateway, keySha256, demo }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ledger: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        gateway: { type: 'string' },
        'key-file': { type: 'string' },
        demo: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new SettingError(error instanceof Error ? error.message : String(error))
  }
}

/** The first word of the file, as `sha256sum` writes it. */
function readKeyHash(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new SettingError(`${file} cannot be read: ${code}.`)
  }
  const [hash = ''] = text.trim().split(/\s/)
  if (/^[0-9a-f]{64}$/.test(hash)) return hash
  throw new SettingError(
    `${file} must begin with 64 hex digits: the SHA-256 of the dashboard key, never the key.`,
  )
}
