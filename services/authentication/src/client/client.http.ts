import { Body, Controller, Get, HttpStatus, Inject, Param, Patch, Post, Res } from '@nestjs/common';
import { NO_STREAM, uuidv5 } from '@symbolon/event-sourcing';
import type { CommandHandler, Done, Outcome } from '@symbolon/event-sourcing';
import { answer, AnswerSchema, Caller, causeOf, CommandId, Document, notFound, now, Problem, revocationKey, Scope } from '@symbolon/web';
import type { CallerIdentity, CommandIdentity, Ports } from '@symbolon/web';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { apiScopes } from '../oidc/api-scopes.policy.js';
import { PORTS } from '../tokens.js';
import { isBuiltIn, MACHINE_CLIENT } from './built-in-clients.js';
import { client as decider } from './client.decider.js';
import type { ClientCommand, ClientRefusal } from './client.decider.js';
import { ClientRegistry, digestOf } from './client-registry.js';
import { clients, clientSecrets } from './clients.projection.js';
import { hasSecret } from './client-secrets.policy.js';
import { derivedSecret } from './derived-secret.js';
import { isPrivileged, mayMark } from './granting.policy.js';
import { requirePurposes } from './known-purposes.js';
import { refuseFaults } from './client-faults.js';
import { ClientBody, ClientChangeBody, ClientSchema, ClientsSchema, ReasonBody, ChangedClientSchema, RegisteredSchema, SecretSchema, metadataOf, named, registered, view } from './client-description.js';
import type { ClientChange, ClientInput, Reason } from './client-description.js';

const NothingBody = z.strictObject({}).optional();

const STATUS: Record<ClientRefusal, HttpStatus> = {
  'authentication/client_exists': HttpStatus.CONFLICT,
  'authentication/unknown_client': HttpStatus.NOT_FOUND,
  'authentication/redirect_uri_not_allowed': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/redirect_uri_needed': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/client_has_no_secret': HttpStatus.CONFLICT,
  'authentication/keys_needed': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/keys_twice': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/profile_needs_keys': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/not_for_public_clients': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/native_is_public': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/pkce_needed': HttpStatus.UNPROCESSABLE_ENTITY,
  'authentication/first_party_only': HttpStatus.UNPROCESSABLE_ENTITY,
};

/** What a registration costs that is less safe than it could be. */
const warnings = ({ pkce }: Readonly<{ pkce: string }>): Readonly<{ warnings?: readonly string[] }> => (pkce === 'optional' ? { warnings: [WITHOUT_PKCE] } : {});
const WITHOUT_PKCE =
  'Without PKCE nothing ties a code to the browser that asked for it: a code that leaks (a log, a referrer, another redirect) can be put into a session of somebody else, and only the nonce of the ID token, if the application really compares it, tells. It must send a nonce or ask for no ID token; let it use PKCE as soon as its library can.';

/** Whoever has the credentials of such an application has its scopes, so to give them out is to grant them. */
const actsForItself = ({ grantTypes }: Readonly<{ grantTypes: readonly string[] }>): boolean => grantTypes.includes('client_credentials');

/** The way out of a refusal that its name does not tell. */
const WAY_OUT: Partial<Record<ClientRefusal, string>> = {
  'authentication/native_is_public': 'What is installed on many devices keeps no secret: register it with authenticationMethod none.',
  'authentication/pkce_needed': 'Only an application that keeps a secret or a key, and does not follow the profile fapi2, may be registered without PKCE.',
  'authentication/profile_needs_keys': 'An application of the profile fapi2 proves who it is by keys: send authenticationMethod private_key_jwt, and its public keys as jwks or jwksUri.',
  'authentication/keys_twice': 'Keys are named once: send jwks or jwksUri.',
  'authentication/not_for_public_clients': 'client_credentials and serves need an application that keeps a secret or a key.',
};
const wayOut = (refused: ClientRefusal): string | undefined => WAY_OUT[refused];

const MORE = 'The token lacks the scope, or authentication/more_than_held';
const NOT_YET = 'Stored, and not yet in force: it will be within seconds';

/** Applications. A change is effective for the next request: the answer waits until the provider's own tables have it. */
@Controller('api/authentication/v1/clients')
export class ClientController {
  readonly #handler: CommandHandler<ClientCommand, ClientRefusal>;

  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(ClientRegistry) private readonly registry: ClientRegistry,
  ) {
    this.#handler = ports.handler(decider);
  }

  @Get()
  @Scope('clients:read', 'clients:write')
  @Document({ summary: 'All applications', answer: ClientsSchema })
  async list() {
    return { clients: (await this.registry.all()).map(view) };
  }

  @Get(':clientId')
  @Scope('clients:read', 'clients:write')
  @Document({ summary: 'One application', answer: ClientSchema })
  async one(@Param('clientId') clientId: string) {
    const row = await this.registry.row(clientId);
    if (!row) throw notFound();
    return view(row);
  }

  @Post()
  @Scope('clients:write')
  @Document({ summary: 'Registers an application; its secret is in this answer and nowhere else', answer: RegisteredSchema, answers: { 201: 'Registered', 202: NOT_YET, 403: MORE } })
  async create(@Caller() caller: CallerIdentity, @Body({ schema: ClientBody }) body: ClientInput, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    this.#mayGrant(caller, body.scopes);
    this.#mayTouch(caller, body);
    this.#mayDropPkce(caller, body.pkce);
    this.#mayBeFirst(caller, body.party);
    refuseFaults(body, this.ports.configuration.applicationNetworks);
    await requirePurposes(this.ports, body.purposes);
    const clientId = `c_${uuidv5(command.id, 'client').replaceAll('-', '')}`;
    const secretId = uuidv5(command.id, 'secret');
    const secret = hasSecret(body.authenticationMethod) ? derivedSecret(this.ports.configuration.keys.service, secretId) : undefined;
    if (secret !== undefined) await this.registry.keepSecret(clientId, digestOf(secret), secretId);
    const outcome = await this.#handler.handle(`client-${clientId}`, { type: 'CreateClient', id: command.id, at: now(), metadata: metadataOf(body), ...(secret === undefined ? {} : { secretId }) }, causeOf(caller, command));
    const done = answer(outcome, STATUS, reply, wayOut);
    await this.#effective(clientId, outcome, reply);
    return { id: clientId, name: body.name, redirectUris: body.redirectUris, ...(secret === undefined ? {} : { secret }), ...warnings(body), ...done };
  }

  @Patch(':clientId')
  @Scope('clients:write')
  @Document({ summary: 'Changes what is named of an application; the rest stays', answer: ChangedClientSchema, answers: { 200: 'Changed', 202: NOT_YET, 403: `${MORE}, or authentication/built_in_client` } })
  async change(@Caller() caller: CallerIdentity, @Param('clientId') clientId: string, @Body({ schema: ClientChangeBody }) body: ClientChange, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    this.registry.changed(clientId);
    const row = await this.registry.row(clientId);
    if (!row) throw notFound();
    const metadata = { ...registered(row), ...named(body) };
    await requirePurposes(this.ports, metadata.purposes.filter((purpose) => !row.purposes.includes(purpose)));
    this.#mayGrant(caller, actsForItself(metadata) ? metadata.scopes : metadata.scopes.filter((scope) => !row.scopes.includes(scope)));
    this.#mayTouch(caller, registered(row), metadata);
    // What was registered before stays: only what this change says is held to the rules.
    refuseFaults({ ...(body.scopes || body.resources ? metadata : { scopes: [], resources: [] }), jwksUri: body.jwksUri }, this.ports.configuration.applicationNetworks);
    if (row.pkce !== 'optional') this.#mayDropPkce(caller, metadata.pkce);
    if (row.party !== 'first') this.#mayBeFirst(caller, metadata.party);
    const done = await this.#carry(clientId, { type: 'ChangeClient', id: command.id, at: now(), metadata }, causeOf(caller, command), reply);
    return { ...warnings(metadata), ...done };
  }

  @Post(':clientId/secret')
  @Scope('clients:write')
  @Document({ summary: 'Gives a new secret; the one before it is good for 24 more hours', answer: SecretSchema, answers: { 201: 'The new secret, in this answer and nowhere else', 202: NOT_YET, 403: `${MORE}, or authentication/built_in_client`, 409: 'authentication/client_has_no_secret' } })
  async rotate(@Caller() caller: CallerIdentity, @Param('clientId') clientId: string, @Body({ schema: NothingBody }) _body: object | undefined, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    this.registry.changed(clientId);
    const row = await this.registry.row(clientId);
    if (!row) throw notFound();
    this.#mayGrant(caller, actsForItself(registered(row)) ? row.scopes : []);
    this.#mayTouch(caller, row);
    const secretId = uuidv5(command.id, 'secret');
    const secret = derivedSecret(this.ports.configuration.keys.service, secretId);
    await this.registry.keepSecret(clientId, digestOf(secret), secretId);
    const done = await this.#carry(clientId, { type: 'RotateClientSecret', id: command.id, at: now(), secretId }, causeOf(caller, command), reply);
    return { secret, ...done };
  }

  @Post(':clientId/disable')
  @Scope('clients:write')
  @Document({ summary: 'Disables an application: its next request is refused', answer: AnswerSchema, answers: { 201: 'Disabled', 202: NOT_YET } })
  disable(@Caller() caller: CallerIdentity, @Param('clientId') clientId: string, @Body({ schema: ReasonBody }) { reason }: Reason, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.#carry(clientId, { type: 'DisableClient', id: command.id, at: now(), reason }, causeOf(caller, command), reply);
  }

  @Post(':clientId/enable')
  @Scope('clients:write')
  @Document({ summary: 'Enables a disabled application', answer: AnswerSchema, answers: { 201: 'Enabled', 202: NOT_YET } })
  async enable(@Caller() caller: CallerIdentity, @Param('clientId') clientId: string, @Body({ schema: NothingBody }) _body: object | undefined, @CommandId() command: CommandIdentity, @Res({ passthrough: true }) reply: FastifyReply) {
    const row = await this.registry.row(clientId);
    if (row) this.#mayTouch(caller, row);
    return this.#carry(clientId, { type: 'EnableClient', id: command.id, at: now() }, causeOf(caller, command), reply);
  }

  async #carry(clientId: string, command: ClientCommand, cause: ReturnType<typeof causeOf>, reply: FastifyReply) {
    if (!/^[\w-]{1,60}$/.test(clientId)) throw notFound();
    if (isBuiltIn(clientId)) throw new Problem({ type: 'authentication/built_in_client', title: 'This application is part of the installation', status: 403, detail: 'It is kept as the installation needs it; register one of your own.' });
    const outcome = await this.#handler.handle(`client-${clientId}`, command, cause);
    const done = answer(outcome, STATUS, reply, wayOut);
    await this.#effective(clientId, outcome, reply);
    // Its tokens are refused at every API of ours, or the answer says that this is not sure yet.
    if (command.type === 'DisableClient' && done.position !== null && done.changed && !(await this.ports.revoked(revocationKey.client(clientId), done.position))) reply.status(202).header('retry-after', '1');
    return done;
  }

  /** Nobody grants more than they hold. */
  #mayGrant({ scopes, roles }: CallerIdentity, asked: readonly string[]): void {
    const own: readonly string[] = apiScopes;
    const more = roles.includes('admin') ? [] : asked.filter((scope) => own.includes(scope) && !scopes.has(scope));
    if (more.length > 0) throw new Problem({ type: 'authentication/more_than_held', title: 'Nobody grants more than they hold', status: 403, detail: `Your token lacks ${more.join(', ')}.` });
  }

  /** An application that acts for staff, or records consents, is made and changed by administrators and the operator alone; anybody who may change applications may disable it. */
  #mayTouch(caller: CallerIdentity, ...descriptions: readonly Readonly<{ staff: boolean; scopes: readonly string[] }>[]): void {
    if (descriptions.some(isPrivileged) && !mayMark(caller, MACHINE_CLIENT)) throw new Problem({ type: 'authentication/staff_only', title: 'This application acts for staff or records consents', status: 403, detail: 'An administrator, or the operator on the machine, makes and changes it: symbolon client …' });
  }

  /** Only staff lets an application go without PKCE. */
  #mayDropPkce(caller: CallerIdentity, pkce: string): void {
    if (pkce === 'optional' && !mayMark(caller, MACHINE_CLIENT)) throw new Problem({ type: 'authentication/staff_only', title: 'Only staff registers an application without PKCE', status: 403, detail: 'An administrator, or the operator on the machine, does: symbolon client … --no-pkce' });
  }

  /** Nobody is asked to allow an application of ours, so only staff says which those are. */
  #mayBeFirst(caller: CallerIdentity, party: string): void {
    if (party === 'first' && !mayMark(caller, MACHINE_CLIENT)) throw new Problem({ type: 'authentication/staff_only', title: 'Only staff registers an application as our own', status: 403, detail: 'An administrator, or the operator on the machine, does: symbolon client … --first-party' });
  }

  /** The answer says "done" when the provider sees it so; 202 when its tables have not followed within five seconds. */
  async #effective(clientId: string, outcome: Outcome<ClientRefusal>, reply: FastifyReply): Promise<void> {
    const { position, revision } = outcome as Partial<Done>;
    const seen = position === undefined || revision === NO_STREAM || (await Promise.all([clients, clientSecrets].map(({ name }) => this.ports.waitFor(name, position, 5_000)))).every(Boolean);
    if (!seen) reply.status(202).header('retry-after', '1');
    this.registry.changed(clientId);
  }
}
