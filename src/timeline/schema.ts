import { z } from 'zod'
import { flag } from '../http/params.ts'
import { intervals, zoneOf } from '../lib/calendar.ts'
import { dayOrInstant } from '../lib/instant.ts'

const interval = z.enum(intervals)

export const TimelineInterval = z
  .object({
    from: z.string().meta({ format: 'date-time', description: 'When it begins, in UTC.' }),
    articles: z.int().meta({ description: 'Published articles of this interval.' }),
  })
  .meta({
    id: 'TimelineInterval',
    description: 'A day, a week, a month or a year.',
    examples: [{ from: '2024-06-01T00:00:00.000Z', articles: 3 }],
  })

export const Timeline = z.object({ data: z.array(TimelineInterval), interval }).meta({
  id: 'Timeline',
  description: 'How many articles there were, interval by interval, the earliest first, from the first that has an article to the last.',
  examples: [
    {
      data: [
        { from: '2024-05-01T00:00:00.000Z', articles: 1 },
        { from: '2024-06-01T00:00:00.000Z', articles: 3 },
      ],
      interval: 'month',
    },
  ],
})
export type Timeline = z.output<typeof Timeline>

/** A time zone by its IANA name. */
const tz = z
  .string()
  .check(
    z.refine(name => zoneOf(name) !== undefined, {
      error: 'must be the IANA name of a time zone, such as Europe/Berlin or UTC',
      params: { code: 'unknown_time_zone' },
    }),
  )
  .optional()
  .meta({
    override: { type: 'string' },
    description: 'Where days, weeks, months and years begin: the IANA name of a time zone. Default `UTC`.',
    examples: ['Asia/Vladivostok'],
  })

export const PersonTimelineQuery = z.strictObject({
  interval: interval.optional().meta({ description: 'How long each is. Weeks begin on Monday. Default `month`.' }),
  tz,
  'publishedAt.gte': dayOrInstant.optional().meta({ description: 'Only articles first published at or after this day or time.' }),
  'publishedAt.lt': dayOrInstant.optional().meta({ description: 'Only articles first published before this day or time.' }),
})
export type TimelineQuery = z.output<typeof PersonTimelineQuery>

export const PlaceTimelineQuery = z.strictObject({
  ...PersonTimelineQuery.shape,
  nested: flag.optional().meta({ description: '`true` takes the places inside it along; an article about several of them counts once.' }),
})
