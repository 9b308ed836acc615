// Loaded into the product before its own code (`--import`): writes the address of every module that is loaded to the file SYMBOLON_TEST_LOADED names.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.SYMBOLON_TEST_LOADED, `${url}\n`);
    return next(url, context);
  },
});
