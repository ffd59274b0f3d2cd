import { BufferReader } from './store-and-forward/buffer-reader.ts';
import { findNativeBinding } from './store-and-forward/native-binding.ts';

/** Opens the buffer in `folder` for reading; its gateway may run. */
export const openBufferReader = (folder: string): BufferReader =>
  new BufferReader(folder, findNativeBinding().nativeBinding);
