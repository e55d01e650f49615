import { linesOf, type Bundle, type Footprint, type FootprintRow, type SourceFile } from '../footprint.ts'

/** The footprint table as text, its heading first. */
export function footprintCells({ rows }: Footprint): string[][] {
  return [
    [
      'row',
      'packages',
      'MB',
      'scripts',
      'import ms',
      'to the SDK',
      'RSS MB',
      'Node kB gzip',
      'browser kB gzip',
      'exports',
      'own lines',
      'core lines',
    ],
    ...rows.map((row) => [
      row.name,
      String(row.packages),
      row.installMb.toFixed(1),
      String(row.installScripts),
      row.importMs.median.toFixed(0),
      ratio(row),
      row.rssMb.median.toFixed(0),
      bundleSize(row, 'node'),
      bundleSize(row, 'browser'),
      String(row.exportedNames),
      lines(row.ownFiles),
      lines(row.coreFiles),
    ]),
  ]
}

/** What stands in the table as a dash, in words: bundles that cannot be made, figures that this machine cannot know. */
export function footprintGaps({ rows, notMeasured }: Footprint): string[] {
  return [
    ...rows.flatMap(({ name, bundles }) =>
      bundles.flatMap(({ target, reason }) =>
        reason === undefined ? [] : `${name}, ${target}: no bundle, it ${reason}.`,
      ),
    ),
    ...notMeasured.map(({ what, measuredBy }) => `${what}: not measured. ${measuredBy}.`),
  ]
}

/** The lines of each build by file, the longest first; a file of one build only has a dash in the other. */
export function ownLinesCells({ rows }: Footprint): string[][] {
  const builds = rows.flatMap(({ build, ownFiles }) => (build && ownFiles ? { build, ownFiles } : []))
  const paths = [...new Set(builds.flatMap(({ ownFiles }) => ownFiles.map(({ path }) => path)))].toSorted()
  return [
    ['file', ...builds.map(({ build }) => build)],
    ...paths.map((path) => [
      path,
      ...builds.map(({ ownFiles }) => String(ownFiles.find((file) => file.path === path)?.lines ?? '–')),
    ]),
    ['all', ...builds.map(({ ownFiles }) => String(linesOf(ownFiles)))],
  ]
}

function ratio({ importToSdk }: FootprintRow): string {
  if (importToSdk === undefined) return 'baseline'
  return `${importToSdk.ratio.toFixed(2)} [${importToSdk.low.toFixed(2)}, ${importToSdk.high.toFixed(2)}]`
}

function bundleSize({ bundles }: FootprintRow, target: Bundle['target']): string {
  return bundles.find((bundle) => bundle.target === target)?.gzipKb?.toFixed(0) ?? '–'
}

function lines(files: readonly SourceFile[] | undefined): string {
  return files === undefined ? '–' : String(linesOf(files))
}
