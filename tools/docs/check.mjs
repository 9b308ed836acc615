// Documents that cannot go stale unseen: links lead somewhere, code in a document is the file that a test runs, every row of
// docs/abuse.md names tests that exist, or says why the case does not apply yet, and every row of docs/field-reports.md does.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rowFault, titlesOf, unseen } from './abuse.mjs';
import { reportFault, reportRows, unseenReports } from './field-reports.mjs';

const root = resolve(import.meta.dirname, '../..');
const cases = 55;
const problems = [];
let passed = 0;

const verdict = (where, wrong) => {
  if (wrong) problems.push(`${where}: ${wrong}`);
  else passed += 1;
};

function* files(folder, ending) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (/^(node_modules|dist|\.git|\.symbolon|\.cache|coverage)$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, ending);
    else if (ending.test(entry.name)) yield path;
  }
}

const withoutCode = (text) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
const anchor = (heading) => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
const anchors = (text) => new Set([...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => anchor(match[1])));

function checkLinks(file, text) {
  for (const [, target] of withoutCode(text).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    if (/^[a-z]+:/i.test(target)) continue;
    const [path, fragment] = target.split('#');
    const to = path ? resolve(dirname(file), decodeURIComponent(path)) : file;
    const missing = !existsSync(to) ? 'leads nowhere' : fragment && to.endsWith('.md') && !anchors(readFileSync(to, 'utf8')).has(fragment) ? 'names no heading there' : undefined;
    verdict(relative(root, file), missing && `link ${target} ${missing}`);
  }
}

/** `<!-- file: path -->` before a fence: the fence holds that file, letter by letter. */
function checkCode(file, text) {
  for (const [, path, code] of text.matchAll(/<!-- file: (\S+) -->\s*\n```\w*\n([\s\S]*?)^```/gm)) {
    const source = join(root, path);
    const wrong = !existsSync(source) ? `${path} does not exist` : readFileSync(source, 'utf8').trim() !== code.trim() ? `the code differs from ${path}` : undefined;
    verdict(relative(root, file), wrong);
  }
}

const testTitles = () => new Set([...files(root, /\.spec\.tsx?$/)].flatMap((file) => titlesOf(readFileSync(file, 'utf8'), file.endsWith('x'))));

/** A row is `| number | case | answer |`; the answer holds test titles in backticks, or a reason in words. */
function checkAbuse(path) {
  if (!existsSync(path)) return verdict('docs/abuse.md', 'is missing');
  const rows = new Map([...readFileSync(path, 'utf8').matchAll(/^\|\s*(\d+)\s*\|(.*)\|\s*$/gm)].map((match) => [Number(match[1]), match[2].split('|').at(-1).trim()]));
  const titles = testTitles();
  for (let number = 1; number <= cases; number++) verdict(`docs/abuse.md row ${number}`, rowFault(number, rows.get(number), titles));
  for (const [what] of unseen()) verdict('tools/docs/abuse.mjs', `${what} was not refused: the check sees nothing`);
}

/** A row is `| [report](address) | what is right | tests |`. */
function checkReports(path) {
  if (!existsSync(path)) return verdict('docs/field-reports.md', 'is missing');
  const rows = reportRows(readFileSync(path, 'utf8'));
  verdict('docs/field-reports.md', rows.length === 0 ? 'has no rows' : undefined);
  const titles = testTitles();
  for (const row of rows) verdict(`docs/field-reports.md ${row[0]}`, reportFault(row, titles));
  for (const [what] of unseenReports()) verdict('tools/docs/field-reports.mjs', `${what} was not refused: the check sees nothing`);
}

for (const file of files(root, /\.md$/)) {
  if (statSync(file).size === 0) verdict(relative(root, file), 'is empty');
  const text = readFileSync(file, 'utf8');
  checkLinks(file, text);
  checkCode(file, text);
}
checkAbuse(join(root, 'docs/abuse.md'));
checkReports(join(root, 'docs/field-reports.md'));
for (const problem of problems) console.log(problem);
console.log(`${passed} passed, ${problems.length} failed`);
process.exitCode = problems.length === 0 ? 0 : 1;
