// Who may import whom, and what may stand where: a rule that nobody runs is a wish.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { root } from './helpers/root.ts'

const source = new URL('src/', root)

type Import = { to: string; typeOnly: boolean }
type Module = { path: string; text: string; lines: number; imports: Import[]; packages: string[] }

const modules: Module[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .sort()
  .map(path => {
    const text = readFileSync(new URL(path, source), 'utf8')
    const found = [...text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm)]
    const specifiers = found.map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined }))
    return {
      path,
      text,
      lines: text.split('\n').length - 1,
      imports: specifiers
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier, typeOnly }) => ({ to: new URL(specifier, new URL(path, source)).href.slice(source.href.length), typeOnly })),
      packages: specifiers.filter(({ specifier }) => !specifier.startsWith('.')).map(({ specifier }) => specifier),
    }
  })

/** What is said, without comments: rules are about code. */
const codeOf = ({ text }: Module) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')

const alone = ['main', 'app', 'config', 'deps', 'version'] as const
type Layer = (typeof alone)[number] | 'cli' | 'http' | 'db' | 'lib' | 'feature'

function layerOf(path: string): Layer {
  const [folder = ''] = path.split('/')
  if (folder === 'cli' || folder === 'http' || folder === 'db' || folder === 'lib') return folder
  return alone.find(name => path === `${name}.ts`) ?? 'feature'
}

const below: Record<Layer, readonly Layer[]> = {
  main: ['cli'],
  cli: ['cli', 'app', 'config', 'deps', 'version', 'feature', 'http', 'db', 'lib'],
  app: ['deps', 'version', 'feature', 'http', 'db', 'lib'],
  feature: ['deps', 'feature', 'http', 'db', 'lib'],
  deps: ['config', 'feature', 'db', 'lib'],
  config: ['http', 'lib'],
  http: ['http', 'lib'],
  db: ['db', 'lib'],
  lib: ['lib'],
  version: [],
}

const featureOf = (path: string) => path.split('/')[0]
const pairs = modules.flatMap(({ path, imports }) => imports.map(({ to, typeOnly }) => ({ from: path, to, typeOnly })))

t.test('what is read here is the program', async t => {
  t.ok(modules.length > 80, `${modules.length} files`)
  t.ok(pairs.length > 300, `${pairs.length} imports`)
  const known = modules.map(({ path }) => path)
  t.same(
    pairs.filter(({ to }) => !known.includes(to)),
    [],
    'every import is of a file that is there',
  )
  for (const { path, text } of modules) {
    const said = [...text.matchAll(/^(?:import|export)\b[^=(]*?'(\.[^']+)'/gm)].length
    t.equal(modules.find(module => module.path === path)?.imports.length, said, `${path}: no import line is overlooked`)
    t.notMatch(text, /\bimport\(['"`]\.|\brequire\(/, `${path}: what is ours is imported at the top`)
  }
})

t.test('every package that the program loads is one that it asks for', async t => {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  for (const { path, text } of modules)
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\s+(?!type\s)(?:[^'"`;]*?\sfrom\s+)?'([^'.][^']*)'/gm))
      if (!specifier.startsWith('node:')) t.ok(Object.hasOwn(dependencies, packageOf(specifier)), `${path} loads ${specifier}`)
})

t.test('main → cli → app → features → http, db → lib, and never up', async t => {
  for (const { from, to } of pairs) t.ok(below[layerOf(from)].includes(layerOf(to)), `${from} imports ${to}`)
})

t.test('routes are for the app alone', async t => {
  for (const { from, to } of pairs.filter(({ to }) => /routes\.ts$/.test(to))) {
    t.ok(layerOf(from) === 'app' || featureOf(from) === featureOf(to), `${from} imports ${to}`)
  }
})

t.test('only routes see a request, only stores see Drizzle, and lib sees neither', async t => {
  for (const { path, imports, packages } of modules) {
    const file = path.split('/').at(-1) ?? ''
    if (layerOf(path) === 'lib')
      t.notOk(
        packages.some(name => /^(?:fastify|drizzle|better-sqlite3|node:fs|node:net|node:http)/.test(name)),
        `${path} is pure`,
      )
    if (layerOf(path) === 'db')
      t.notOk(
        packages.some(name => name.startsWith('fastify')),
        `${path} knows no HTTP`,
      )
    if (layerOf(path) === 'http')
      t.notOk(
        packages.some(name => /^(?:drizzle|better-sqlite3)/.test(name)),
        `${path} knows no SQL`,
      )
    if (layerOf(path) !== 'feature') continue
    if (/routes\.ts$|^schema\.ts$|^present\.ts$/.test(file))
      t.notOk(
        packages.some(name => name.startsWith('drizzle')),
        `${path} leaves SQL to stores`,
      )
    if (/store\.ts$/.test(file))
      t.notOk(
        packages.some(name => name.startsWith('fastify')),
        `${path} sees no request`,
      )
    t.notOk(packages.includes('better-sqlite3') || imports.some(({ to }) => to === 'db/sqlite.ts'), `${path} does not know which database there is`)
  }
})

t.test('there are no cycles', async t => {
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (path: string, trail: string[]) => {
    if (state.get(path) === 'open') cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (state.has(path)) return
    state.set(path, 'open')
    for (const { to } of pairs.filter(({ from }) => from === path)) visit(to, [...trail, path])
    state.set(path, 'done')
  }
  for (const { path } of modules) visit(path, [])
  t.same(cycles, [])
})

t.test('the environment, the clock and raw SQL have their homes', async t => {
  for (const module of modules) {
    const { path } = module
    const code = codeOf(module)
    if (path !== 'config.ts' && path !== 'main.ts') t.notMatch(code, /\bprocess\.env\b|\bprocess\[/, `${path} does not read the environment`)
    if (path !== 'lib/instant.ts') t.notMatch(code, /\bnew Date\b|\bDate\.(?:now|parse|UTC)\b|\bDate\(/, `${path} leaves time to lib/instant.ts`)
    t.notMatch(code, /\bsql\.raw\b/, `${path} binds values and enumerates names`)
    t.notMatch(code, /\beval\(|\bnew Function\(/, `${path} makes no code`)
  }
})

t.test('files read as they should', async t => {
  for (const module of modules) {
    const { path, lines } = module
    const code = codeOf(module)
    const file = path.split('/').at(-1) ?? ''
    const most = /routes\.ts$/.test(file) ? 250 : file === 'store.ts' && layerOf(path) === 'feature' ? 200 : 300
    t.ok(lines <= most, `${path} has ${lines} lines, ${most} at most`)
    t.notMatch(code, /^export default\b/m, `${path} gives its exports names`)
    t.notMatch(code, /^\s*(?:export )?(?:declare )?(?:const )?enum\s/m, `${path} has no enum`)
    t.notMatch(code, /^(?:export )?class (?!\w+ extends \w*Error\b)/m, `${path} has no class that is not an error`)
    t.notMatch(code, /^export \* /m, `${path} is no barrel`)
    t.notMatch(path, /util|helper|manager|(?<!^)service/i, `${path} has a name that says something`)
  }
})
