import { EngineError } from '../platform/engine-error.ts';

/** The packaged SQLite addon needs Node-API 10; an older runtime gets one compiled for it by our start scripts. */
const OLDEST_NAPI_OF_ADDON = 10;

interface Runtime {
  readonly nodeApi: number;
  readonly nodeVersion: string;
  /** Of an addon that was compiled for this runtime. */
  readonly bindingPath: string | undefined;
}

const thisRuntime = (): Runtime => ({
  nodeApi: Number(process.versions['napi']),
  nodeVersion: process.versions.node,
  bindingPath: process.env['LINESIDE_SQLITE_BINDING'],
});

/**
 * Path of the compiled addon where this runtime needs one, else nothing.
 * @throws EngineError `store-and-forward/runtime-too-old`, where the packaged addon would end the process without a word.
 */
export function findNativeBinding(runtime = thisRuntime()): { readonly nativeBinding?: string } {
  const { nodeApi, nodeVersion, bindingPath } = runtime;
  if (nodeApi >= OLDEST_NAPI_OF_ADDON) return {};
  if (bindingPath !== undefined) return { nativeBinding: bindingPath };
  throw new EngineError(
    'store-and-forward/runtime-too-old',
    `the buffer needs Node-API ${OLDEST_NAPI_OF_ADDON} and this is Node ${nodeVersion} with ${nodeApi}: start it by npm ("npm run lineside -- …", "npm run service -- …"), which brings its own Node, or by Node 22.14 or newer`,
    { nodeVersion, nodeApi },
  );
}
