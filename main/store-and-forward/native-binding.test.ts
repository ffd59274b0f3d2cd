import { describe, expect, it } from 'vitest';
import { findNativeBinding } from './native-binding.ts';

describe('findNativeBinding', () => {
  it('needs nothing where the packaged addon runs', () => {
    expect(findNativeBinding({ nodeApi: 10, nodeVersion: '24.21.0', bindingPath: '/x' })).toEqual({});
  });

  it('takes the addon that was compiled for an older runtime', () => {
    expect(findNativeBinding({ nodeApi: 9, nodeVersion: '20.20.2', bindingPath: '/x' })).toEqual({
      nativeBinding: '/x',
    });
  });

  it('says what to start instead where the packaged addon would crash', () => {
    expect(() => findNativeBinding({ nodeApi: 9, nodeVersion: '20.20.2', bindingPath: undefined })).toThrow(
      /Node 20\.20\.2.*npm run lineside/,
    );
  });
});
