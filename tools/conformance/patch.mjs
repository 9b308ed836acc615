// Applies a mutant: one hunk of one file, at most three changed lines, found by its text wherever its lines have moved to.
const LONGEST = 3;

/** What a patch says: its file, the text that it looks for and the text that it puts there. */
export const parsePatch = (text, name) => {
  const file = /^\+\+\+ b\/(.+)$/m.exec(text)?.[1];
  const lines = text.slice(text.indexOf('\n@@')).split('\n').slice(2).filter((line) => /^[-+ ]/.test(line));
  const changed = Math.max(lines.filter((line) => line.startsWith('-')).length, lines.filter((line) => line.startsWith('+')).length);
  if (!file || changed === 0 || changed > LONGEST) throw new Error(`${name}: a mutant changes one to ${LONGEST} lines of one file`);
  const without = (sign) => lines.filter((line) => !line.startsWith(sign)).map((line) => line.slice(1)).join('\n');
  return { file, before: without('+'), after: without('-') };
};

/** The mutated text; throws when the adapter has changed so much that the patch no longer fits. */
export const applyPatch = (source, { before, after }) => {
  if (source.split(before).length !== 2) throw new Error('does not fit any more: write it anew');
  return source.replace(before, () => after);
};
