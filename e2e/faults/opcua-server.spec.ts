import { fault } from './fault.ts';

fault(
  {
    number: 27,
    title: 'a server that answers nothing for 12 s is noticed; its session goes on when it answers again',
    injection: 'the server process answers nothing for 12 s',
  },
  async (run) => {
    const { gateway } = await run.startGateway();
    await run.line.plant.command({ kind: 'server-pause', durationS: 12 });
    await gateway.untilLogged('connection lost', { stage: 'opcua.line', code: 'opcua/silent' });
    await gateway.untilLogged('connected', { stage: 'opcua.line' });
    run.over();
    await run.settle(gateway);
  },
);
