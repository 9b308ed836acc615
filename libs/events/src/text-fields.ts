import { getOption, hasOption, type DescField } from '@bufbuild/protobuf';
import type { TextRule } from '@symbolon/event-sourcing';
import { text } from './gen/options.js';

const known = new WeakMap<DescField, TextRule>();

/** What texts in this field may hold: one line of the usual length unless the proto says otherwise. Found once, for looking an option up is slow. */
export function textRuleOf(field: DescField): TextRule {
  const found = known.get(field) ?? declared(field);
  known.set(field, found);
  return found;
}

function declared(field: DescField): TextRule {
  if (!hasOption(field, text)) return {};
  const { lines, longest } = getOption(field, text);
  return { ...(lines ? { holds: 'lines' as const } : {}), ...(longest > 0 ? { longest } : {}) };
}
