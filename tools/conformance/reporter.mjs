// Writes down what became of each test as soon as it is known: a run that never ends has said something, too.
import { appendFileSync } from 'node:fs';

export default class Reporter {
  constructor(_, { output }) {
    this.output = output;
  }

  onTestCaseResult(_, { fullName, status, duration, failureMessages }) {
    const isLate = failureMessages.length > 0 && failureMessages.every((message) => /Exceeded timeout of \d+ ms/.test(message));
    appendFileSync(this.output, `${JSON.stringify({ fullName, status, duration, isLate })}\n`);
  }
}
