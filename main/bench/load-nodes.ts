/** Namespace and node names of the load server: known to it and to those who watch it. */
export const LOAD_NAMESPACE_URI = 'urn:lineside:load';

export const loadNodeName = (index: number): string => `Load.${index + 1}`;
