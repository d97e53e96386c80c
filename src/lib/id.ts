import { v7 } from 'uuid'

/** A new id: UUIDv7 (RFC 9562), so that ids sort by the time they were made. */
export const newId = (): string => v7()

export const uuidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
const uuid = new RegExp(uuidPattern, 'i')

/** True for anything of the form of a UUID: such a `{key}` is an id, never a slug. */
export const isUuid = (value: string): boolean => uuid.test(value)
