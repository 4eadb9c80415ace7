/** When a test fails: a screenshot and the newest lines of Pteron's log. */
import { afterEach } from 'vitest';
import type { Workbench } from './workbench';

export function explainFailures(workbench: () => Workbench | undefined): void {
  afterEach(async ({ task }) => {
    const current = workbench();
    if (task.result?.state !== 'fail' || !current) return;
    await current.screenshot(`failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}`);
    const { newestLog, status } = await current.probe.api();
    console.log(`status: ${JSON.stringify(status)}\n${newestLog.slice(-30).join('\n')}`);
  });
}
