import type { Service } from '#contract/service.ts';

/**
 * The same service, whose commands are answered once what they added takes part: an event that is accepted after
 * the answer to "add this destination" is for it, too. No command waits for what another one added.
 * @param arriving see Delivery
 */
export function answerInForce(service: Service, arriving: () => ReadonlySet<Promise<void>>): Service {
  const operations = [...service.operations].map(([name, served]) => {
    if (served.operation.kind === 'query') return [name, served] as const;
    const handle: typeof served.handle = async (input, context) => {
      const before = arriving();
      const result = await served.handle(input, context);
      await Promise.all([...arriving()].filter((each) => !before.has(each)));
      return result;
    };
    return [name, { ...served, handle }] as const;
  });
  return { ...service, operations: new Map(operations) };
}
