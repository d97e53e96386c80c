import { answer } from '../http/answer.ts'
import { freshnessFor } from '../http/auth.ts'
import { keyParams } from '../http/params.ts'
import { problems } from '../http/problem.ts'
import type { Routes } from '../http/routing.ts'
import type { Threads } from '../threads/threads.ts'
import { PersonTimelineQuery, PlaceTimelineQuery, Timeline } from './schema.ts'

const description = (one: string) =>
  `How often a ${one} is in the news, for a chart: the published articles of each day, week, month or year, with those that had none, from the first to the last that had one. \`from\` is the moment at which the interval begins in the time zone \`tz\`. An answer has 5,000 intervals at most.`

/** /v1/people/{key}/timeline and /v1/places/{key}/timeline */
export const timelineRoutes =
  (threads: Threads): Routes =>
  async app => {
    app.get(
      '/people/:key/timeline',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'getPersonTimeline',
          tags: ['people'],
          summary: 'Count the articles about a person over time',
          description: description('person'),
          params: keyParams,
          querystring: PersonTimelineQuery,
          response: { 200: answer(Timeline, 'Articles an interval.'), ...problems() },
        },
      },
      async request =>
        threads.run('timelineOf', { kind: 'person', key: request.params.key, nested: false, asked: request.query }, freshnessFor(request.caller)),
    )

    app.get(
      '/places/:key/timeline',
      {
        config: { access: 'public' },
        schema: {
          operationId: 'getPlaceTimeline',
          tags: ['places'],
          summary: 'Count the articles about a place over time',
          description: `${description('place')} With \`nested=true\` those about places inside it count, too.`,
          params: keyParams,
          querystring: PlaceTimelineQuery,
          response: { 200: answer(Timeline, 'Articles an interval.'), ...problems() },
        },
      },
      async request => {
        const { nested = false, ...asked } = request.query
        return threads.run('timelineOf', { kind: 'place', key: request.params.key, nested, asked }, freshnessFor(request.caller))
      },
    )
  }
