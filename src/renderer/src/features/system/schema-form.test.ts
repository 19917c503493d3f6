import { describe, expect, test } from 'vitest';
import { fieldsOf, labelOf, settingsOf, valuesOf } from './schema-form.ts';

const schema = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string', default: '25.0' },
    datasetId: { type: 'string', pattern: '^\\d+$' },
    actionSource: { type: 'string', enum: ['website', 'app'], default: 'website' },
    eventNames: { type: 'object', default: {}, additionalProperties: { type: 'string' } },
    customProperties: { type: 'array', default: [], items: { type: 'string' } },
    limitedDataUse: { type: 'boolean', default: false },
    window: { type: 'integer' },
    odd: { anyOf: [{ type: 'string' }, { type: 'number' }] },
  },
  required: ['datasetId'],
};
const fields = fieldsOf(schema);

describe('a form from a JSON Schema', () => {
  test('required fields come first, each in the form that fits it', () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ['datasetId', 'text'],
      ['apiVersion', 'text'],
      ['actionSource', 'choice'],
      ['eventNames', 'map'],
      ['customProperties', 'list'],
      ['limitedDataUse', 'flag'],
      ['window', 'number'],
      ['odd', 'json'],
    ]);
    expect(fields[1]?.hint).toBe('default 25.0');
  });

  test('names become labels', () => {
    expect(['datasetId', 'region', 'sendMessageId', 'apiVersion'].map(labelOf)).toEqual([
      'Dataset id',
      'Region',
      'Send message id',
      'API version',
    ]);
  });

  test('what is there is filled in, and comes out as it went in', () => {
    const settings = {
      datasetId: '123',
      apiVersion: '24.0',
      actionSource: 'app',
      eventNames: { Signup: 'CompleteRegistration' },
      customProperties: ['plan'],
      limitedDataUse: true,
      window: 7,
      odd: 5,
    };
    expect(settingsOf(fields, valuesOf(fields, settings))).toEqual({ settings, problems: new Map() });
  });

  test('an empty field is left out, so that the default of the gateway holds', () => {
    const { settings, problems } = settingsOf(fields, { datasetId: '123', apiVersion: '  ', window: '' });
    expect(settings).toEqual({ datasetId: '123' });
    expect(problems.size).toBe(0);
  });

  test('what cannot be sent says why', () => {
    const { problems } = settingsOf(fields, { window: 'soon', eventNames: 'Signup', odd: '{' });
    expect(Object.fromEntries(problems)).toEqual({
      datasetId: 'is needed',
      window: 'must be a number',
      eventNames: '“Signup” is not “yours = theirs”',
      odd: 'is not valid JSON',
    });
  });

  test('a schema without properties is an empty form', () => {
    expect(fieldsOf({ type: 'object' })).toEqual([]);
  });
});
