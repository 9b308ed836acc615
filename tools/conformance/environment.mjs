// Where a mutant's specs run: as elsewhere, with a guard for each test from how long it took on the adapter as it is.
import Environment from '../test/environment.mjs';

const guards = JSON.parse(process.env.SYMBOLON_CONFORMANCE_GUARDS ?? '{}');

const nameOf = (test) => {
  const names = [];
  for (let at = test; at.parent; at = at.parent) names.unshift(at.name);
  return names.join(' ');
};

export default class GuardedEnvironment extends Environment {
  handleTestEvent({ name, test }) {
    if (name === 'test_start' && guards[nameOf(test)]) test.timeout = guards[nameOf(test)];
  }
}
