// The life of an article: what a write makes of status and times. Pure.
import type { Status } from '../db/tables.ts'
import type { Issue } from '../lib/errors.ts'
import type { Instant } from '../lib/instant.ts'

export type Life = { status: Status; publishedAt: Instant | null; publishAt: Instant | null; unpublishAt: Instant | null }

/** A draft that nobody has written yet. */
export const unborn: Life = { status: 'draft', publishedAt: null, publishAt: null, unpublishAt: null }

/** Out, or with a time at which it goes out by itself. */
const isOut = (status: Status) => status === 'published' || status === 'scheduled'

/** True where a write from one life to the next is a matter of publishing: into it, out of it, or on what is out. */
export const touchesPublished = (before: Status, after: Status): boolean => isOut(before) || isOut(after)

/**
 * The life that a write leads to, and what is wrong with it. `publishedAt` is set at first publication and kept ever after; `scheduled` needs a
 * `publishAt` after now, every other status nulls it; archiving nulls `unpublishAt`.
 */
export function nextLife(before: Life, asked: Life, now: Instant): { life: Life; issues: Issue[] } {
  const { status } = asked
  const issues: Issue[] = []
  const moved = before.status !== status
  const publishAt = status === 'scheduled' ? asked.publishAt : null
  const unpublishAt = status === 'archived' ? null : asked.unpublishAt
  if (status === 'scheduled' && (moved || asked.publishAt !== before.publishAt) && (publishAt === null || publishAt <= now)) {
    issues.push({
      pointer: '/publishAt',
      code: 'publish_at_not_in_future',
      detail: `must be a time after now (${now}) for an article to be scheduled`,
    })
  }
  if (asked.publishedAt !== before.publishedAt && asked.publishedAt !== null && asked.publishedAt > now) {
    issues.push({
      pointer: '/publishedAt',
      code: 'published_at_in_future',
      detail: `may not be later than now (${now}); schedule with status and publishAt`,
    })
  }
  if (unpublishAt !== null && isOut(status) && (moved || asked.unpublishAt !== before.unpublishAt) && unpublishAt <= (publishAt ?? now)) {
    issues.push({ pointer: '/unpublishAt', code: 'unpublish_at_too_early', detail: `must be later than ${publishAt ? 'publishAt' : `now (${now})`}` })
  }
  const publishedAt =
    asked.publishedAt ?? (status === 'published' ? (before.publishedAt ?? now) : before.status === 'draft' && !moved ? null : before.publishedAt)
  return { life: { status, publishedAt, publishAt, unpublishAt }, issues }
}

/**
 * The life that time alone leads to; undefined where nothing is due. `publishedAt` is when it was to go out, however late somebody looks; one that was
 * to go out and come back in the meantime is archived at once.
 */
export function lifeDue(before: Life, now: Instant): Life | undefined {
  const { status, publishAt, unpublishAt } = before
  const isOver = unpublishAt !== null && unpublishAt <= now
  if (status === 'scheduled' && publishAt !== null && publishAt <= now) {
    const out: Life = { status: 'published', publishedAt: before.publishedAt ?? publishAt, publishAt: null, unpublishAt }
    return isOver ? { ...out, status: 'archived', unpublishAt: null } : out
  }
  return status === 'published' && isOver ? { ...before, status: 'archived', unpublishAt: null } : undefined
}

/** The keys that lists are sorted by: nulls come last in either direction. */
export const publishedKeys = (publishedAt: Instant | null) => ({ publishedKey: publishedAt ?? '', publishedAscKey: publishedAt ?? '~' })
