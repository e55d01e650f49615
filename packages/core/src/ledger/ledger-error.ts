/** What is wrong with a ledger: there is no such file, it is something else, a newer version has written it, or it is closed. */
export type LedgerErrorCode = 'missing' | 'not-a-ledger' | 'newer-schema' | 'queue-full' | 'closed'

/** A ledger cannot be opened, or takes no record. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError'
  readonly code: LedgerErrorCode

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
