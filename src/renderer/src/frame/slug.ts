/** Pure: an id as the contract takes it, from what a person typed: `HubSpot (EU)` becomes `hubspot-eu`. Empty where nothing is left. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}

/** `slug`, or `slug-2` and on where it is taken. */
export function freeSlug(name: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(name);
  if (slug === '' || !taken.has(slug)) return slug;
  for (let number = 2; ; number++) {
    const next = `${slug.slice(0, 58)}-${number}`;
    if (!taken.has(next)) return next;
  }
}
