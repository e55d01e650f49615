/** The command that measures what a section of the report shows. */
export function commandOf(name: string): string {
  return name === 'conformance' ? 'plumbline conformance' : `plumbline bench ${name}`
}
