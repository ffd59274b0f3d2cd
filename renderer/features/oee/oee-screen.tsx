import type { ReactElement } from 'react';
import type { Address } from '../../app/screens.ts';
import { ExplainHost } from '../explain/explain-host.tsx';
import { MachineShiftPanel } from '../machine-shift/machine-shift-panel.tsx';
import { OeePanel } from './oee-panel.tsx';

/** Line and machines, or one of them; every figure opens to what it is made of. */
export function OeeScreen({ address }: { readonly address: Address }): ReactElement {
  const { machineId, shiftFromMs } = address;
  return (
    <ExplainHost>
      {machineId === null ? (
        <OeePanel shiftFromMs={shiftFromMs} />
      ) : (
        <MachineShiftPanel key={machineId} machineId={machineId} shiftFromMs={shiftFromMs} />
      )}
    </ExplainHost>
  );
}
