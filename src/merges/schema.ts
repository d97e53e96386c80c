import { z } from 'zod'
import { reference } from '../nouns/schema.ts'

/** Which record stays. */
export const MergeInput = z
  .strictObject({ into: reference.meta({ description: 'The one that stays: an id, a slug or `source/externalId`.', examples: ['vladimir-putin'] }) })
  .meta({ id: 'MergeInput', description: 'Into which record another is merged.', examples: [{ into: 'vladimir-putin' }] })
