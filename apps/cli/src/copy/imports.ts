/** One name of an import or export clause. */
export interface ImportedName {
  imported: string
  /** The name it has in this file, or is exported as. */
  local: string
  isType: boolean
}

/** One static import or export-from, one dynamic import or one `import()` type, as it stands in a file. */
export interface ModuleReference {
  /** Where its text begins and ends in the source. */
  start: number
  end: number
  specifier: string
  /** `import` or `export` for a statement; `call` for `import('…')`, of which only the quoted text is the reference. */
  form: 'import' | 'export' | 'call'
  /** Undefined where the statement names nothing one by one: a namespace, a default, a side effect. */
  names: ImportedName[] | undefined
}

const statement =
  /^(import|export)(?:(\s+type)?\s+((?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+))\s+from)?\s*'([^'\n]+)'/gm
const call = /\bimport\(\s*'([^'\n]+)'\s*\)/g

/**
 * Every module that a file of ours refers to. It reads the forms that the formatter of this repository writes (statements at
 * the start of a line, single quotes), not all of TypeScript.
 */
export function findReferences(source: string): ModuleReference[] {
  const statements = [...source.matchAll(statement)].map((match): ModuleReference => {
    const [text, form, typeOnly, clause, specifier = ''] = match
    return {
      start: match.index,
      end: match.index + text.length,
      specifier,
      form: form === 'export' ? 'export' : 'import',
      names: clause?.startsWith('{') ? namesOf(clause, typeOnly !== undefined) : undefined,
    }
  })
  const calls = [...source.matchAll(call)].map((match): ModuleReference => {
    const [text, specifier = ''] = match
    const start = match.index + text.indexOf("'")
    return { start, end: start + specifier.length + 2, specifier, form: 'call', names: undefined }
  })
  // An `import('…')` inside a comment is left alone by nobody: rewriting it too keeps the comment true.
  return [...statements, ...calls].toSorted((a, b) => a.start - b.start)
}

function namesOf(clause: string, allTypes: boolean): ImportedName[] {
  return clause
    .slice(1, -1)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const isType = allTypes || part.startsWith('type ')
      const [imported = '', local = imported] = part.replace(/^type\s+/, '').split(/\s+as\s+/)
      return { imported, local, isType }
    })
}

/** The source with the text of some references replaced; `replace` returns undefined to leave one as it is. */
export function replaceReferences(
  source: string,
  replace: (reference: ModuleReference) => string | undefined,
): string {
  let text = ''
  let position = 0
  for (const reference of findReferences(source)) {
    const replacement = replace(reference)
    if (replacement === undefined) continue
    text += source.slice(position, reference.start) + replacement
    position = reference.end
  }
  return text + source.slice(position)
}

/** Which file of a package defines each name that its index exports, as the index spells the file. */
export function definingFiles(indexSource: string): Map<string, { file: string; imported: string }> {
  const files = new Map<string, { file: string; imported: string }>()
  for (const { form, names, specifier } of findReferences(indexSource)) {
    if (form !== 'export' || names === undefined) continue
    for (const { imported, local } of names) files.set(local, { file: specifier, imported })
  }
  return files
}

/** A statement of named imports or exports, broken over lines when it is longer than 110 characters. */
export function printNames(
  form: 'import' | 'export',
  names: readonly ImportedName[],
  specifier: string,
): string {
  const allTypes = names.every(({ isType }) => isType)
  const parts = names.map(({ imported, local, isType }) => {
    const renamed = imported === local ? imported : `${imported} as ${local}`
    return isType && !allTypes ? `type ${renamed}` : renamed
  })
  const start = allTypes ? `${form} type` : form
  const line = `${start} { ${parts.join(', ')} } from '${specifier}'`
  return line.length <= 110 ? line : `${start} {\n  ${parts.join(',\n  ')},\n} from '${specifier}'`
}

/** What relative imports end in. */
export type ImportEnding = '.ts' | '.js' | ''

/** A relative `.ts` specifier with the ending that a project wants. `./x/index.ts` keeps its `index`. */
export function withEnding(specifier: string, ending: ImportEnding): string {
  return specifier.replace(/\.ts$/, ending)
}

/** The package of a bare specifier: `@scope/name` or `name`; undefined for a relative one and for Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}
