/** The packaged SQLite addon needs Node-API 10; an older runtime gets one compiled for it by our start scripts. */
const OLDEST_NAPI_OF_ADDON = 10;

/** Path of the compiled addon where this runtime needs one, else nothing. */
export function findNativeBinding(): { readonly nativeBinding?: string } {
  const path = process.env['LINESIDE_SQLITE_BINDING'];
  const isNeeded = Number(process.versions['napi']) < OLDEST_NAPI_OF_ADDON;
  return isNeeded && path !== undefined ? { nativeBinding: path } : {};
}
