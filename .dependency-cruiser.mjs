// Who may import whom (DESIGN, "The house"). Every rule has a fixture in tools/boundaries/fixtures/<rule> that must fail by it.
// Edges between workspaces resolve into `dist`, so the targets are written without `src`. A fixture is a small house of its own,
// cruised from its own folder: what it imports of ours lies above it, so a target may be anywhere (`there`).
const there = '(?:^|/)';
const spec = '\\.spec\\.tsx?$';
const adapters = 'libs/(?:postgres|eventstoredb|kafka)/';
const own = '^services/([^/]+)/src/';
const kernel = `${there}libs/event-sourcing/`;
const publicEvents = `${there}libs/events/`;
const ownFile = (suffix) => `${there}services/$1/src/.*\\.${suffix}\\.tsx?$`;
const ownEvents = `${there}services/$1/src/events\\.gen\\.ts$`;
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    rule('resolvable', 'an import that cannot be resolved is judged by no other rule: declare the package, or mend the path', { path: `^(?:services|libs|test-e2e)/` }, { couldNotResolve: true }),
    rule('no-cycle', 'a cycle breaks decorator metadata at run time: move what both need into a file of its own', { path: `^(?:services|libs)/` }, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    rule('kernel-alone', 'libs/event-sourcing depends on nothing', { path: `^libs/event-sourcing/src/`, pathNot: [spec, 'specification\\.ts$'] }, { pathNot: [`${there}libs/event-sourcing/`, '^(?:node:)?crypto$', '^(?:node:)?timers/promises$', '^(?:node:)?async_hooks$'] }),
    rule('pure-decider', 'deciders and policies import the kernel, their own events and policies, nothing else', { path: `${own}.*\\.(?:decider|policy)\\.ts$` }, { pathNot: [kernel, ownEvents, ownFile('policy')] }),
    rule('pure-projection', 'projections and publications import the kernel, their own events and the public ones, nothing else', { path: `${own}.*\\.(?:projection|publications)\\.ts$` }, { pathNot: [kernel, publicEvents, ownEvents] }),
    rule('plain-reaction', 'reactions import the kernel, public events and their own commands, nothing else', { path: `${own}.*\\.reactions\\.ts$` }, { pathNot: [kernel, publicEvents, ownEvents, ownFile('(?:decider|policy)')] }),
    rule('page-shows', 'a page or a letter shows what it is given: no queries, no rules', { path: `${own}.*\\.(?:page|mail)\\.tsx$` }, { path: [`${there}services/[^/]+/src/.*\\.(?:query|decider|http|module)\\.ts$`, '(?:^|/)node_modules/(?:@nestjs|pg)/'] }),
    rule('nest-at-the-edge', 'Nest belongs into controllers, replies, modules and guards', { path: `${own}.+\\.(?:decider|policy|projection|publications|reactions|query|page|mail)\\.tsx?$` }, { path: '(?:^|/)node_modules/@nestjs/' }),
    rule('service-apart', 'a service never imports another service: follow its public events or ask it', { path: own, pathNot: `^services/embedded/` }, { path: `${there}services/`, pathNot: `${there}services/$1/` }),
    rule('service-without-adapter', 'a service is given its adapters by boot; only types may come from libs/postgres', { path: own, pathNot: spec }, { path: `${there}${adapters}`, dependencyTypesNot: ['type-only', 'type-import'] }),
    rule('provider-internals', "one file may import the provider's internals, which change without notice: services/authentication/src/oidc/provider-internals.ts", { path: `^(?:services|libs)/`, pathNot: '^services/authentication/src/oidc/provider-internals\\.ts$' }, { path: 'node_modules/oidc-provider/lib/(?!index\\.js$)' }),
    rule('library-below-service', 'a library never imports a service', { path: `^libs/` }, { path: `${there}services/` }),
    rule('adapters-apart', 'adapters never import each other', { path: `^libs/(postgres|eventstoredb|kafka)/` }, { path: `${there}${adapters}`, pathNot: `${there}libs/$1/` }),
    rule('adapters-only-in-boot', 'only boot imports adapters', { path: `^libs/`, pathNot: [spec, `^${adapters}`, `^libs/(?:boot|conformance)/`] }, { path: `${there}${adapters}`, dependencyTypesNot: ['type-only', 'type-import'] }),
    rule('boot-only-in-mains', 'only a main imports boot', { path: `^(?:services|libs)/`, pathNot: [spec, `^services/[^/]+/src/main\\.ts$`, '^services/embedded/', `^libs/boot/`] }, { path: `${there}libs/boot/` }),
    rule('outsider', 'what an outsider runs depends on nothing of the house', { path: `^libs/(cli|verify)/src/` }, { path: `${there}(?:libs|services)/`, pathNot: `${there}libs/$1/` }),
    rule('black-box', 'test-e2e speaks HTTP: it imports neither services nor libraries', { path: `^test-e2e/` }, { path: `${there}(?:services|libs)/` }),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules|/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'], extensions: ['.ts', '.tsx', '.js', '.mjs'] },
  },
};
