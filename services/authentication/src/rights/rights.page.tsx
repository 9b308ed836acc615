import { text } from '../page/index.js';
import type { Right, Rights } from './rights.policy.js';

/** A scope of ours without its sentence in the catalogue does not compile here. */
const words = (right: Right): string => ('host' in right ? text('scope.elsewhere', right) : text(`scope.${right.scope}`));

const List = ({ rights }: { rights: readonly Right[] }) => (
  <ul>
    {rights.map((right) => (
      <li key={words(right)}>{words(right)}</li>
    ))}
  </ul>
);

/** What an application may do, the strong rights apart and first. */
export const RightsList = ({ strong, plain }: Rights) => (
  <>
    {strong.length > 0 ? (
      <div class="strong">
        <p>{text('allow.strong')}</p>
        <List rights={strong} />
      </div>
    ) : null}
    {plain.length > 0 ? <List rights={plain} /> : null}
  </>
);
