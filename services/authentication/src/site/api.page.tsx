import type { OpenApiDocument, Operation } from '@symbolon/web';
import { Layout, text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import { notation } from './schema-notation.js';

type Content = Readonly<Record<string, Readonly<{ schema: object }>>>;

const shown = (content: Content | undefined): string => Object.values(content ?? {}).map(({ schema }) => notation(schema)).join('\n');

/** What it says is shown once, above all routes. */
const isProblem = (content: Content | undefined): boolean => content?.['application/problem+json'] !== undefined;

const Parameters = ({ parameters }: Pick<Operation, 'parameters'>) => (
  <dl>
    {parameters.map(({ name, in: place, required, description, schema }) => (
      <>
        <dt>
          <code>{`${name}${required ? '' : '?'}`}</code> <small>{place}</small>
        </dt>
        <dd>{[notation(schema), description].filter(Boolean).join(' — ')}</dd>
      </>
    ))}
  </dl>
);

const Answers = ({ responses }: Pick<Operation, 'responses'>) => (
  <dl>
    {Object.entries(responses).map(([status, { description, content }]) => (
      <>
        <dt>
          <code>{status === 'default' ? text('api.default') : status}</code> {description}
        </dt>
        <dd>{isProblem(content) ? <small>{shown(content)}</small> : <pre>{shown(content)}</pre>}</dd>
      </>
    ))}
  </dl>
);

const One = ({ method, path, operation: { operationId, summary, security, parameters, requestBody, responses } }: Readonly<{ method: string; path: string; operation: Operation }>) => (
  <details id={operationId}>
    <summary>
      <code>{`${method.toUpperCase()} ${path}`}</code> {summary}
    </summary>
    <p>
      {text('api.scopes')}: <code>{security.flatMap(({ token }) => token).join(' | ')}</code>
    </p>
    {parameters.length > 0 && <h3>{text('api.parameters')}</h3>}
    {parameters.length > 0 && <Parameters parameters={parameters} />}
    {requestBody && <h3>{text(requestBody.required ? 'api.body' : 'api.body-optional')}</h3>}
    {requestBody && <pre>{shown(requestBody.content)}</pre>}
    <h3>{text('api.answers')}</h3>
    <Answers responses={responses} />
  </details>
);

const serviceOf = ({ paths }: OpenApiDocument): string => Object.keys(paths)[0]?.split('/')[2] ?? '';

const problemOf = (documents: readonly OpenApiDocument[]): string => notation((documents[0]?.components as { schemas?: { Problem?: object } } | undefined)?.schemas?.Problem ?? {});

/** All API documents on one page, which needs no script: every route opens to what it takes and answers. */
export const ApiPage = ({ brand, documents }: Readonly<{ brand: Brand; documents: readonly OpenApiDocument[] }>) => (
  <Layout brand={brand} title={text('api.title')} wide>
    <p>{text('api.lead')}</p>
    <pre>{`Problem ${problemOf(documents)}`}</pre>
    {documents.map((document) => (
      <section>
        <h2>{serviceOf(document)}</h2>
        <p>
          <a href={`/api/${serviceOf(document)}/v1/openapi.json`}>{text('api.document')}</a>
        </p>
        {Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => <One method={method} path={path} operation={operation} />))}
      </section>
    ))}
  </Layout>
);
