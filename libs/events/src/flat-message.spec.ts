import { create, fromJson, toJson, type JsonObject } from '@bufbuild/protobuf';
import { AnySchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFlat, writeFlat } from './flat-message.js';
import { PurposePublishedSchema as schema } from './gen/consent.js';

const purpose = fc.record(
  {
    purpose: fc.string({ unit: 'binary' }),
    basis: fc.string(),
    claims: fc.array(fc.string({ unit: 'grapheme' })),
    textVersion: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    title: fc.string(),
    text: fc.string({ unit: 'grapheme' }),
  },
  { requiredKeys: [] },
);
const withoutName = ({ $typeName: _, ...data }: { $typeName: string }) => data;

describe('a flat message', () => {
  it('is written as the protobuf library writes it', () => {
    fc.assert(fc.property(purpose, (data) => expect(writeFlat(schema, data)).toEqual(toJson(schema, create(schema, data), { alwaysEmitImplicit: true }))));
  });

  it('is read as the protobuf library reads it, with or without defaults and fields that nobody knows', () => {
    fc.assert(
      fc.property(purpose, fc.boolean(), (data, alwaysEmitImplicit) => {
        const json = { ...(toJson(schema, create(schema, data), { alwaysEmitImplicit }) as JsonObject), later: [1] };
        expect(readFlat(schema, json)).toEqual(withoutName(fromJson(schema, json, { ignoreUnknownFields: true })));
      }),
    );
  });

  it('may be spelled as in the proto', () => expect(readFlat(schema, { text_version: 3 }) ?? 'left to the library').toBe('left to the library'));

  it.each<JsonObject>([{ textVersion: '3' }, { textVersion: 1.5 }, { textVersion: 2 ** 31 }, { title: 7 }, { claims: 'x' }, { claims: [1] }])('leaves %j to the library', (unusual) => {
    expect([readFlat(schema, unusual), writeFlat(schema, unusual)]).toEqual([undefined, undefined]);
  });

  it('is none with wide numbers or bytes', () => {
    expect([readFlat(TimestampSchema, {}), readFlat(AnySchema, {}), writeFlat(TimestampSchema, {})]).toEqual([undefined, undefined, undefined]);
  });
});
