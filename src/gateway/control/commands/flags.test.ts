import { describe, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { call, codeOf, createControlRoom, hook, unwrap } from '../testing/control-room.ts';

const plain = { dryRun: false };
const checkout = (more: object = {}) => flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', ...more });

describe('a flag', () => {
  it('is switched with one click, and goes back to any revision', async () => {
    const { handlers, store } = await createControlRoom();
    unwrap(await handlers['flag.put']({ ...plain, id: 'checkout', value: checkout() }, call()));
    unwrap(await handlers['flag.set']({ ...plain, id: 'checkout', defaultVariant: 'on' }, call()));
    expect(await handlers['flag.evaluate']({ id: 'checkout', context: {} }, call())).toMatchObject({ ok: true, value: { value: true } });
    unwrap(await handlers['document.revert']({ ...plain, kind: 'flag', id: 'checkout', toRevision: 1 }, call()));
    expect(store.get('flag', 'checkout')).toMatchObject({ revision: 3, value: { defaultVariant: 'off' } });
  });

  it('is refused with targeting that flagd does not understand, and with a variant that it does not have', async () => {
    const { handlers } = await createControlRoom();
    const broken = checkout({ targeting: { no_such_operation: [1, 2] } });
    expect(codeOf(await handlers['flag.put']({ ...plain, id: 'checkout', value: broken }, call()))).toBe('INPUT_INVALID');
    unwrap(await handlers['flag.put']({ ...plain, id: 'checkout', value: checkout() }, call()));
    expect(codeOf(await handlers['flag.set']({ ...plain, id: 'checkout', defaultVariant: 'blue' }, call()))).toBe('INPUT_INVALID');
    expect(flagSchema.safeParse({ variants: { on: true }, defaultVariant: 'off' }).success).toBe(false);
    expect(flagSchema.safeParse({ variants: { on: true, off: 'no' }, defaultVariant: 'on' }).success).toBe(false);
  });

  it('can be tried before it is put', async () => {
    const { handlers } = await createControlRoom();
    const value = checkout({ targeting: { if: [{ '==': [{ var: 'plan' }, 'gold'] }, 'on', 'off'] } });
    const tried = (plan: string) => handlers['flag.evaluate']({ id: 'checkout', value, context: { plan } }, call());
    expect(await tried('gold')).toMatchObject({ ok: true, value: { value: true, reason: 'TARGETING_MATCH' } });
    expect(await tried('free')).toMatchObject({ ok: true, value: { value: false } });
    expect(codeOf(await handlers['flag.evaluate']({ id: 'gone', context: {} }, call()))).toBe('DOCUMENT_NOT_FOUND');
  });
});

describe('a kill flag', () => {
  it('is for everybody, so that one click reaches everybody', () => {
    const kill = (more: object) =>
      flagSchema.safeParse({ type: 'kill', variants: { on: true, off: false }, defaultVariant: 'on', ...more });
    expect(kill({}).success).toBe(true);
    expect(kill({ targeting: { if: [{ var: 'email' }, 'on'] } }).success).toBe(false);
    expect(kill({ variants: { on: 'a', off: 'b' } }).success).toBe(false);
    expect(kill({ variants: { on: true } }).success).toBe(false);
  });
});

describe('a rollout', () => {
  it('hangs on a boolean flag that exists, and holds it', async () => {
    const { handlers } = await createControlRoom();
    const put = (rollout: object) => handlers['destination.put']({ ...plain, id: 'hook', value: { ...hook(), ...rollout } }, call());
    const onCheckout = { rollout: { flag: 'checkout' } };
    expect(codeOf(await put(onCheckout))).toBe('INPUT_INVALID');
    unwrap(await handlers['flag.put']({ ...plain, id: 'checkout', value: checkout({ variants: { on: 'a', off: 'b' } }) }, call()));
    expect(codeOf(await put(onCheckout))).toBe('INPUT_INVALID');
    unwrap(await handlers['flag.put']({ ...plain, id: 'checkout', value: checkout() }, call()));
    unwrap(await put(onCheckout));
    const text = checkout({ variants: { on: 'a', off: 'b' } });
    expect(codeOf(await handlers['flag.put']({ ...plain, id: 'checkout', value: text }, call()))).toBe('INPUT_INVALID');
    const removal = { ...plain, id: 'checkout', reason: 'a test', confirm: 'checkout' };
    expect(await handlers['flag.remove'](removal, call())).toMatchObject({
      ok: false,
      error: { code: 'DOCUMENT_IN_USE', details: { destinations: ['hook'] } },
    });
    unwrap(await put({}));
    unwrap(await handlers['flag.remove'](removal, call()));
  });
});
