// One run of all cases: rounds of short slices, each server in its turn, so that what else the machine does falls on all alike.
import { requestsOf } from './cases.js'
import { load } from './load.js'
import { key } from './servers.js'

/** @typedef {{ rps: number, cpuUs: number }} Slice requests a second, and processor time of the server in microseconds a request */

/** Long enough for the compiler to have seen every path. */
const warmMs = 1_000

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Measures a case on sites (`{ count, servers, cases }`, one for each size); gives slices by size and program. */
export async function measure(sites, name, { rounds, sliceMs }) {
  const runs = []
  for (const site of sites) runs.push(...(await prepared(site, name)))
  for (const run of runs) await slice(run, warmMs)
  for (let round = 0; round < rounds; round += 1) for (const run of runs) run.slices.push(await slice(run, sliceMs))
  return runs.map(({ count, program, slices }) => ({ count, program, slices }))
}

async function slice({ server, next, status, max }, ms) {
  const before = await server.usage()
  const done = await load({ port: server.port, next, status, ms, max })
  const after = await server.usage()
  return { rps: done.answers / (done.ms / 1000), cpuUs: (after.cpuUs - before.cpuUs) / done.answers }
}

/** The case on each server of a site, after a look at whether all answer the same. */
async function prepared({ count, servers, cases }, name) {
  const wanted = cases.find(one => one.name === name)
  const paths = {}
  for (const program of Object.keys(servers))
    if (program !== 'bare') paths[program] = await wanted.paths(path => read(servers[program], path, wanted))
  if (paths.ours.length === 0) throw new Error(`${name}: the collection has nothing to ask for; take more articles`)
  const answers = await answersOf(servers.ours, wanted, paths.ours)
  if (!wanted.creates) await compare(servers, wanted, paths, answers)
  await servers.bare.give(answers)
  paths.bare = paths.ours
  return Object.entries(servers).map(([program, server]) => ({
    count,
    program,
    server,
    next: requestsOf(wanted, paths[program]),
    status: wanted.creates ? 201 : 200,
    max: wanted.max,
    slices: [],
  }))
}

const headersOf = ({ withKey }) => ({ 'accept-encoding': 'identity', ...(withKey && { authorization: `Bearer ${key}` }) })

async function text(server, path, wanted) {
  const response = await fetch(`${server.url}${path}`, { headers: headersOf(wanted) })
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
  return response.text()
}
const read = async (server, path, wanted) => JSON.parse(await text(server, path, wanted))

/** What ours answers, by address: the bytes that the bare server sends. */
async function answersOf(server, wanted, paths) {
  const answers = new Map()
  if (wanted.creates) {
    const request = requestsOf(wanted, paths)(0).toString()
    const body = request.slice(request.indexOf('\r\n\r\n') + 4)
    const headers = { ...headersOf(wanted), 'content-type': 'application/json' }
    const response = await fetch(`${server.url}${paths[0]}`, { method: 'POST', headers, body })
    if (response.status !== 201) throw new Error(`an article was refused: ${await response.text()}`)
    return answers.set(paths[0], await response.text())
  }
  for (const path of paths) answers.set(path, await text(server, path, wanted))
  return answers
}

const shapeOf = value => JSON.stringify([Object.keys(value), Object.keys(value.data?.[0] ?? {})])

/** Refuses to compare speeds of servers that answer different things. */
async function compare(servers, wanted, paths, answers) {
  for (const program of Object.keys(paths).filter(name => name !== 'ours'))
    for (const [n, path] of paths.ours.entries()) {
      const one = JSON.parse(answers.get(path))
      const other = await read(servers[program], paths[program][n], wanted)
      // ours goes on with hits that lack a word where few have all: work that those by hand are not asked for
      const ids = ({ id, data }) => (data ? data.filter(item => item.allWords !== false).map(item => item.id) : [id])
      const agree = wanted.found ? ids(one).length === ids(other).length : String(ids(one)) === String(ids(other))
      if (!agree || shapeOf(one) !== shapeOf(other)) throw new Error(`ours and ${program} differ at ${path}`)
    }
}
