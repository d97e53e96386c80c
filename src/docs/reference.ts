import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { ApiReferenceConfiguration } from '@scalar/fastify-api-reference'
import Fastify from 'fastify'
import { htmlPage } from './html.ts'

/** The viewer asks for nothing from elsewhere, and sends nothing there. There is no button to download the document: the introduction links to it. */
const configuration: Partial<ApiReferenceConfiguration> = {
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  documentDownloadType: 'none',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  orderSchemaPropertiesBy: 'preserve',
  orderRequiredPropertiesFirst: false,
}

/**
 * Starts the viewer: a file of its own, because scripts in the page are forbidden by its policy. Addresses are relative to /docs, so that a path in front of it does no harm.
 * The viewer sends every parameter that has an example, all at once: those that may be left out keep theirs in words.
 */
export const startScript = `function tellExamples(parameter) {
  const { example, schema = {} } = parameter
  const [told] = [example, ...(schema.examples ?? [])].filter(one => one !== undefined)
  if (parameter.required || told === undefined) return
  parameter.description = (parameter.description ?? '') + ' Such as \`' + told + '\`.'
  delete parameter.example
  delete schema.examples
  delete schema.description
}

async function start() {
  const answer = await fetch('openapi.json')
  if (!answer.ok) throw new Error('openapi.json: ' + answer.status)
  const content = await answer.json()
  for (const operations of Object.values(content.paths))
    for (const { parameters = [] } of Object.values(operations)) parameters.forEach(tellExamples)
  Scalar.createApiReference('#app', { ...${JSON.stringify(configuration)}, content })
}

start().catch(error => {
  document.getElementById('app').textContent = 'The document could not be loaded (' + error.message + '). Is the server still there?'
})
`

/** The page; `scriptTag` changes whenever the script does. */
export const referencePage = (scriptTag: string): string =>
  htmlPage(
    'Dateline API',
    '<meta name="description" content="Every operation of this server, from its OpenAPI document">\n',
    `<div id="app"></div>
<noscript><p>This page needs JavaScript. The document itself is <a href="openapi.json">openapi.json</a>, and every refusal is explained under <a href="docs/problems">problems</a>.</p></noscript>
<script src="docs/scalar.js?v=${scriptTag}"></script>
<script src="docs/start.js"></script>
`,
  )

/** What the page may load: scripts of this server alone. Requests that are tried out go to the server of the document, which may have another address. */
export function referencePolicy(publicUrl: string | undefined): string {
  const servers = publicUrl === undefined ? "'self'" : `'self' ${new URL(publicUrl).origin}`
  return `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src ${servers}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}

/** The script of the viewer, whole and compressed; `tag` is a hash of its text. */
export type ViewerScript = { tag: string; bytes: Record<'identity' | 'gzip' | 'br', Buffer> }

const viewerPath = '/viewer'
const brotliQuality = 6

/** Reads the script out of its package, which keeps it inside a plugin: a server of its own, that never listens, is asked for it. Takes a moment, and 7 MB. */
export async function loadViewerScript(): Promise<ViewerScript> {
  const { default: viewer } = await import('@scalar/fastify-api-reference')
  const server = Fastify()
  await server.register(viewer, { routePrefix: viewerPath, configuration: { url: '/openapi.json' } }) // without one it has no routes
  const { rawPayload: identity } = await server.inject(`${viewerPath}/js/scalar.js`)
  await server.close()
  const [zipped, br] = await Promise.all([
    promisify(gzip)(identity),
    promisify(brotliCompress)(identity, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: identity.length },
    }),
  ])
  return { tag: createHash('sha256').update(identity).digest('hex').slice(0, 16), bytes: { identity, gzip: zipped, br } }
}
