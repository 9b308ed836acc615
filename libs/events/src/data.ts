import type { Message } from '@bufbuild/protobuf';

type Value<T> = T extends Uint8Array
  ? T
  : T extends Message
    ? Data<T>
    : T extends readonly (infer Item)[]
      ? readonly Value<Item>[]
      : T;

/** What an event says: a generated message without the library's own fields, read-only all the way down. */
export type Data<M extends Message> = { readonly [K in keyof M as K extends '$typeName' | '$unknown' ? never : K]: Value<M[K]> };
