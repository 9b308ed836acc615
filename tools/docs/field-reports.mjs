// What is wrong with a row of docs/field-reports.md: it has the address of a public report, says what is right, and names whole titles of tests.

/** The rows of the tables on the page, without their heads. */
export const reportRows = (text) => [...text.matchAll(/^\|(.*)\|\s*$/gm)].map(([, row]) => row.split('|').map((cell) => cell.trim())).filter(([first]) => first !== 'report' && !/^-+$/.test(first));

/** In words; undefined: the row is right. */
export function reportFault([report = '', right = '', tests = '', ...more], known) {
  if (more.length > 0) return 'has more than three columns';
  if (!/\]\(https:\/\/\S+\)/.test(report)) return 'has no address of a report';
  if (right.length < 15) return 'does not say what is right';
  const named = [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  if (named.length === 0) return 'names no test';
  const missing = named.filter((title) => !known.has(title));
  return missing.length > 0 ? `no test is called ${missing.join(' · ')}` : undefined;
}

const known = new Set(['a whole title']);
const right = ['[a report](https://example.com/1)', 'what is right, in words', '`a whole title`'];

/** Rows that must be refused, or the check sees nothing; gives those that were not. */
export const unseenReports = () =>
  [
    ['a report without an address', ['a report', right[1], right[2]]],
    ['a report that says nothing', [right[0], '', right[2]]],
    ['a report without a test', [right[0], right[1], 'later']],
    ['a part of a title', [right[0], right[1], '`a whole`']],
  ].filter(([, row]) => reportFault(row, known) === undefined || reportFault(right, known) !== undefined);
