// `npm run jest -- -t 'a sentence'` reads only the files that may hold it: to read all of them takes longer than most tests.
import { readFileSync } from 'node:fs';

const isPlain = (text) => !/[\\^$.|?*+()[\]{}]/.test(text);

/** The sentence asked for, in this or that way of saying it; undefined when every test is wanted. */
export function sentence(words) {
  const at = words.findIndex((word) => /^(-t|--testNamePattern)(=|$)/.test(word));
  if (at < 0) return undefined;
  const [, ...inline] = words[at].split('=');
  return inline.length > 0 ? inline.join('=') : words[at + 1];
}

/**
 * Whether a file may hold a test of this name. A name is put together from blocks, titles and rows of tables, so that its words need not stand side by
 * side; short ones and numbers may come from anywhere. A suite's titles stand in another file. A pattern that is no plain text fits every file.
 */
export function mayHold(source, name) {
  if (!isPlain(name) || /\.suite\.js'|from '\.\/index\.js'/.test(source)) return true;
  const text = source.toLowerCase();
  return (name.toLowerCase().match(/\p{L}{4,}/gu) ?? []).every((word) => text.includes(word));
}

/** What jest asks with the paths of all spec files; the answer is those to read. */
function chosen(paths) {
  const name = sentence(process.argv);
  return { filtered: name === undefined ? paths : paths.filter((path) => mayHold(readFileSync(path, 'utf8'), name)) };
}

export { chosen as 'module.exports' }; // jest requires it
