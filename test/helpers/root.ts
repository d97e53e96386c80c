import { pathToFileURL } from 'node:url'

/** The folder of the project, where tests are started: they run from `build/test`, so that no path may be told from where a test lies. */
export const root = pathToFileURL(`${process.cwd()}/`)
