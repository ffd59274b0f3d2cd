import { fault } from './fault.ts';

fault(
  {
    number: 27,
    title: 'a server that answers nothing for 12 s is noticed; its history fills what was missed',
    injection: 'the server process answers nothing for 12 s',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    await run.line.plant.command({ kind: 'server-pause', durationS: 12 });
    await gateway.untilLogged('away', { stage: 'opcua.line' });
    await gateway.untilLogged('connected', { stage: 'opcua.line' });
    run.over();
    await gateway.untilLogged('history is read', { stage: 'opcua.line' });
    await run.settle(gateway);
  },
);
