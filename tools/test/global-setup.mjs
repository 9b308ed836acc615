import { endWithParent } from './tied.mjs';

/** Once a run, in jest's own process. */
export default function setUp() {
  void endWithParent();
}
