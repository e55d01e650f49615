/** What a clause's id begins with, and what clauses of that name are about; the contract's own headings. */
const familyNames: Readonly<Record<string, string>> = {
  MET: 'Metrics',
  CST: 'Cost',
  GRD: 'Guardrails',
  CAC: 'Response cache',
  EMB: 'Embeddings',
  STR: 'Streaming',
  FLT: 'Failures',
  HLT: 'Health',
  SEC: 'Privacy and safety',
}

/** The clauses of one family. */
export interface ClauseFamily<Row> {
  /** `MET` of MET-01. */
  prefix: string
  /** In words; the prefix where the contract has no name for it. */
  name: string
  rows: Row[]
}

/** Rows by family, in the order in which the families first appear. */
export function byFamily<Row extends { id: string }>(rows: readonly Row[]): ClauseFamily<Row>[] {
  return [...Map.groupBy(rows, ({ id }) => id.split('-')[0] ?? id)].map(([prefix, own]) => ({
    prefix,
    name: familyNames[prefix] ?? prefix,
    rows: own,
  }))
}
