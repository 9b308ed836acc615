// All services, the database and the sample application in one process: what `npm start` runs.
import { boot, run } from '@symbolon/boot';
import { writeAdminFile } from './admin-file.js';
import { panel } from './panel.js';
import { startSampleApplication } from './sample.js';
import { root, services } from './services.js';


await run(async () => {
  const running = await boot({ root, services });
  try {
    const admin = writeAdminFile(running);
    const sample = await startSampleApplication(running, admin);
    if (sample) running.onStop(sample.close);
    running.prepared();
    console.log(panel(running, sample !== undefined));
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
});
