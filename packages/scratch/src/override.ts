// Only here, with the client's wrappers.
/** `target` with other members: methods still run on `target`, whose private fields a copy would not have. */
export function override<T extends object>(target: T, members: Record<string, unknown>): T {
  return new Proxy(target, {
    get(_, property) {
      if (typeof property === 'string' && Object.hasOwn(members, property)) return members[property]
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' && property !== 'constructor' ? value.bind(target) : value
    },
  })
}
