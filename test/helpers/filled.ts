import type { Store } from '../../src/db/store.ts'
import type { Caller } from './callers.ts'
import { ok, paragraph, post, settled } from './news.ts'
import { nouns } from './nouns.ts'

/** People, places and articles with everything that can hang on them, and all that was done to them; nothing is open in the end. */
export async function fill(editor: Caller, store: Store) {
  for (const { path, named, full } of nouns)
    await post(editor, path, { [named]: `Full ${path}`, ...full, source: { name: 'Wire', externalId: path } })
  const russia = await post(editor, '/v1/places', { name: 'Russia', kind: 'country', lat: 61.5, lng: 105.3 })
  const city = await post(editor, '/v1/places', { name: 'Vladivostok', kind: 'city', containedInId: russia.id, lat: 43.1056, lng: 131.8735 })
  const bay = await post(editor, '/v1/places', {
    name: 'Golden Horn Bay',
    kind: 'water',
    containedInId: city.id,
    lat: -89.999_999_9,
    lng: 179.999_99,
  })
  const ada = await post(editor, '/v1/people', { name: 'Łucja Ōe', aliases: ['L. Oe'], description: 'Of note', bio: 'Born by the sea' })
  const bob = await post(editor, '/v1/people', { name: 'Bob Reporter' })
  const body = [
    paragraph('p1', 'Łucja Ōe met officials in Vladivostok, Russia. 😀 L. Oe left.'),
    { id: 'q1', type: 'quote', text: 'We are talking of Russia', marks: [], attribution: 'A spokesman' },
    { id: 'i1', type: 'image', url: 'https://images.example/1.jpg', alt: 'Ship', caption: 'A frigate', credit: null },
    { id: 'l1', type: 'list', ordered: false, items: [{ text: 'first item of Łucja Ōe', marks: [] }] },
  ]
  const talks = await post(editor, '/v1/articles', {
    title: 'Talks “went well”',
    status: 'published',
    summary: 'Of what was said',
    section: 'World',
    tags: ['talks', 'a b'],
    aboutIds: [bay.id],
    authorIds: [bob.id],
    datelinePlaceId: city.id,
    source: { name: 'Wire', externalId: 'talks', url: 'https://wire.example/talks' },
    body,
  })
  await ok(editor.patch(`/v1/articles/${talks.id}`, { title: 'Talks', slug: 'talks', image: { url: 'https://images.example/2.jpg' } }))
  await post(editor, '/v1/articles', { title: 'Gespräche', language: 'de', status: 'published', body: [paragraph('p1', 'Die Häuser in Russia')] })
  const draft = await post(editor, '/v1/articles', { title: '!!!', body: [paragraph('p1', 'Vladivostok')] })
  await mentions(editor, talks.id, ada.id)
  await trash(editor, { talks: talks.id, bay: bay.id, city: city.id, bob: bob.id })
  await ok(editor.patch(`/v1/people/${ada.id}`, { name: 'Lucia Oe', aliases: ['Łucja Ōe'] }))
  await ok(editor.post(`/v1/articles/${talks.id}/revisions/1/restore`))
  await merges(editor)
  await post(editor, '/v1/synonyms', { terms: ['talks', 'peace accord'] })
  await post(editor, '/v1/synonyms', { from: 'boat', terms: ['frigate'] })
  await settled(store)
  return { russia: russia.id, city: city.id, ada: ada.id, bob: bob.id, talks: talks.id, draft: draft.id }
}

/** Whoever was merged is there no more, and everything that was said of them is said of another. */
async function merges(editor: Caller) {
  const twin = await post(editor, '/v1/people', { name: 'Robert Reporter', source: { name: 'Wire', externalId: 'twin' } })
  await ok(editor.patch(`/v1/people/${twin.id}`, { description: 'The same' }))
  const town = await post(editor, '/v1/places', { name: 'Vladivostok City' })
  const quay = await post(editor, '/v1/places', { name: 'The quay', containedInId: town.id })
  const told = { title: 'Told', authorIds: [twin.id], datelinePlaceId: town.id, aboutIds: ['bob-reporter', twin.id], markdown: 'Robert Reporter' }
  const lines = [told, { title: 'Told again', status: 'published', markdown: 'Robert Reporter' }].map(record => JSON.stringify(record))
  const made = await editor.post('/v1/articles/bulk', lines.join('\n'), { 'content-type': 'application/x-ndjson' })
  await ok(editor.post(`/v1/people/${twin.id}/merge`, { into: 'bob-reporter' }))
  await ok(editor.post(`/v1/places/${town.id}/merge`, { into: 'vladivostok' }))
  await ok(editor.delete(`/v1/places/${quay.id}`), 204)
  for (const line of made.body.trim().split('\n').slice(1)) await ok(editor.patch(`/v1/articles/${JSON.parse(line).id}`, { summary: 'Again' }))
}

async function mentions(editor: Caller, article: string, person: string) {
  const { data } = await ok(editor.get(`/v1/articles/${article}/mentions`))
  await ok(editor.patch(`/v1/articles/${article}/mentions/${data[0].id}`, { state: 'rejected' }))
  await post(editor, `/v1/articles/${article}/mentions`, { entityId: person, blockId: 'p1', item: null, start: 13, end: 22 })
}

async function trash(editor: Caller, { talks, bay, city, bob }: Record<'talks' | 'bay' | 'city' | 'bob', string>) {
  for (const [path, id] of [
    ['articles', talks],
    ['people', bob],
    ['places', city],
  ]) {
    await ok(editor.delete(`/v1/${path}/${id}`), 204)
    await ok(editor.post(`/v1/${path}/${id}/restore`))
  }
  await ok(editor.delete(`/v1/places/${bay}`), 204)
  const gone = await post(editor, '/v1/places', { name: 'Atlantis' })
  const inside = await post(editor, '/v1/places', { name: 'Its harbour', containedInId: gone.id })
  const about = await post(editor, '/v1/articles', { title: 'Atlantis found', status: 'published', body: [paragraph('p1', 'Atlantis is there')] })
  await ok(editor.delete(`/v1/places/${gone.id}?purge=true`), 204)
  await ok(editor.delete(`/v1/places/${inside.id}`), 204)
  const thrown = await post(editor, '/v1/articles', { title: 'Thrown away', status: 'published', body: [paragraph('p1', 'Russia')] })
  await ok(editor.delete(`/v1/articles/${thrown.id}`), 204)
  await ok(editor.delete(`/v1/articles/${about.id}?purge=true`), 204)
}
